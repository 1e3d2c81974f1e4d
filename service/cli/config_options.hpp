#pragma once

#include "config/load/load.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/terminal.hpp"

#include <array>

namespace service::cli {

inline constexpr option config_option{
    "--config", takes::one, "FILE", "default: SIGNET_CONFIG, then /etc/signet/signet.yaml"};

inline constexpr std::array config_options{
    config_option,
    option{"--dev", takes::nothing, "", "development: loopback, a generated key, no callers"},
    option{"--listen", takes::one, "ADDRESS", "with --dev: where it listens, also beyond loopback"},
    option{"--host", takes::many, "NAME", "with --dev: a Host that it answers to, also NAME:PORT"},
    option{
        "--dev-issuer", takes::many, "NAME",
        "with --dev: a mock issuer below /dev/NAME, also NAME:RS256"},
    option{"--set", takes::many, "PATH=VALUE", "overrides a setting of the file: server.threads=4"},
};

/// The configuration as serve would load it.
///
/// from     --config, --dev and what only goes with it, --set; the environment is this process's.
/// Throws   stop: usage for a --set without '=', and for what needs --dev without it; configuration, after every problem was printed on
///          `with.err`, one per line.
config::loaded load_settings(arguments const& from, terminal& with);

/// The same, and what it was loaded from.
struct loaded_with_sources {
    config::loaded loaded;
    config::sources from;
    config::file_marks files;
};
loaded_with_sources load_with_sources(arguments const& from, terminal& with);

}  // namespace service::cli

#pragma once

#include "config/tree/notice.hpp"
#include "config/values/settings.hpp"

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace config {

/// The outer world as the loader sees it, so that tests can replace it.
struct sources {
    std::string file;  ///< --config; empty = SIGNET_CONFIG, then the default file
    bool dev = false;  ///< --dev
    std::map<std::string, std::string> environment;          ///< all variables
    std::vector<std::pair<std::string, std::string>> flags;  ///< --set server.threads=4, in order
    core::instant now;  ///< for checks and warnings about key times
    std::string default_file = "/etc/signet/signet.yaml";  ///< read when nothing else is named
};

struct loaded {
    config::settings settings;
    std::vector<notice> warnings;
    std::vector<override_note> overrides{};  ///< variables, then flags; one for each setting
};

/// Reads the file, then the environment, then flags; later wins. Resolves secrets and reads key
/// files.
///
/// Returns  the settings, or every problem at once (never empty then).
std::variant<loaded, std::vector<notice>> load(sources const& from);

/// The text of signet.dev.yaml, the configuration of development mode.
std::string_view dev_yaml();

}  // namespace config

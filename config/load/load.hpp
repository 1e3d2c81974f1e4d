#pragma once

#include "config/sections/file_marks.hpp"
#include "config/tree/notice.hpp"
#include "config/tree/outline.hpp"
#include "config/values/settings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace config {

/// What the command line asks of development mode. Texts as they were given.
struct dev_options {
    std::string listen{};                ///< --listen; empty = not given
    std::vector<std::string> hosts{};    ///< --host, in order
    std::vector<std::string> issuers{};  ///< --dev-issuer: NAME, NAME:ALG
};

/// The outer world as the loader sees it, so that tests can replace it.
struct sources {
    std::string file;           ///< --config; empty = SIGNET_CONFIG, then the default file
    bool dev = false;           ///< --dev
    dev_options development{};  ///< only with `dev`
    std::map<std::string, std::string> environment;          ///< all variables
    std::vector<std::pair<std::string, std::string>> flags;  ///< --set server.threads=4, in order
    core::instant now;  ///< for checks and warnings about key times
    std::string default_file = "/etc/signet/signet.yaml";  ///< read when nothing else is named
    /// The settings in force, whose generated keys stay; null = there are none yet.
    std::shared_ptr<settings const> before{};
};

struct loaded {
    config::settings settings;
    std::vector<notice> warnings;
    std::vector<override_note> overrides{};  ///< variables, then flags; one for each setting
    outline parts{};  ///< what was written where, to tell what another configuration changes
};

/// Reads the file, then the environment, then flags; later wins. Resolves secrets and reads key
/// files.
///
/// files    where not null, it gets every file that the outcome depends on, as it was, and also after
///          problems. Files that their users look at by themselves are marked as followed: key files
///          of other issuers, those of TLS, and credentials for fetches.
/// Returns  the settings, or every problem at once (never empty then).
std::variant<loaded, std::vector<notice>> load(sources const& from, file_marks* files = nullptr);

/// The text of signet.dev.yaml, the configuration of development mode.
std::string_view dev_yaml();

}  // namespace config

#pragma once

#include "config/tree/node.hpp"
#include "config/tree/notice.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace config {

/// Whether a variable is a setting: SIGNET_, then a path whose steps are separated by `__`. Other
/// variables with that prefix are ignored: Kubernetes makes some for a service named signet.
bool is_setting(std::string_view variable) noexcept;

/// What the overlays changed, and what they could not.
struct overlay_report {
    std::vector<notice> problems{};
    std::vector<override_note> overrides{};
};

/// Applies variables such as SIGNET_SERVER__THREADS=4 to the tree. The rows of config/rows say
/// which settings a variable may set; a variable for any other setting is a problem.
void overlay_environment(
    node& root, std::map<std::string, std::string> const& environment, overlay_report& into
);

/// Applies flags such as --set server.threads=4 to the tree, in order.
void overlay_flags(
    node& root, std::vector<std::pair<std::string, std::string>> const& flags, overlay_report& into
);

}  // namespace config

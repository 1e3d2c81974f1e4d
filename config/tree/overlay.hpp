#pragma once

#include "config/tree/node.hpp"
#include "config/tree/notice.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace config {

/// Whether a variable is a setting: SIGNET_, then a path whose steps are parted by `__`. Others
/// that begin so are not ours (Kubernetes makes some for a service of this name).
bool is_setting(std::string_view variable) noexcept;

/// Where the overlays say what they did.
struct overlay_report {
    std::vector<notice> problems{};
    std::vector<override_note> overrides{};
};

/// Puts SIGNET_SERVER__THREADS=4 and the like over the tree. Every other variable that is a setting
/// by its name is a problem: the rows of config/rows say which ones may be set.
void overlay_environment(
    node& root, std::map<std::string, std::string> const& environment, overlay_report& into
);

/// Puts --set server.threads=4 and the like over the tree, in order.
void overlay_flags(
    node& root, std::vector<std::pair<std::string, std::string>> const& flags, overlay_report& into
);

}  // namespace config

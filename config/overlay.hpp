#pragma once

#include "config/load.hpp"
#include "config/node.hpp"

namespace config {

/// Whether a variable is a setting: SIGNET_, then a path whose steps are parted by `__`. Others
/// that begin so are not ours (Kubernetes makes some for a service of this name).
bool is_setting(std::string_view variable) noexcept;

/// Puts SIGNET_SERVER__THREADS=4 and the like over the tree.
void overlay_environment(
    node& root, std::map<std::string, std::string> const& environment, std::vector<notice>& problems
);

/// Puts --set server.threads=4 and the like over the tree, in order.
void overlay_flags(
    node& root, std::vector<std::pair<std::string, std::string>> const& flags,
    std::vector<notice>& problems
);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"

#include <string>
#include <vector>

namespace config {

/// Puts what only a restart changes into `next`, as it is in force: the listeners' addresses,
/// the number of threads and the sandbox. What else a listener has, such as its endpoints, is taken from `next`.
///
/// Returns  the settings that differ: "server.listen". They wait for a restart.
std::vector<std::string> keep_fixed(settings const& in_force, settings& next);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"

#include <cstddef>
#include <vector>

namespace config {

/// Lets the keys of `next` that are also in `in_force` be the same objects: ours, and those of
/// other issuers that are part of the configuration. What was made for them (verifiers, tables, the
/// tokens that they verified) then stays.
///
/// Returns  the indices of our keys that are new.
std::vector<std::size_t> share_keys(settings const& in_force, settings& next);

}  // namespace config

#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads `scopes` of a profile or of one of its rules: a list of which all are needed, or a map
/// with `all` and `any`.
core::scope_rule read_scopes(reading const& in, map_reader const& item);

}  // namespace config

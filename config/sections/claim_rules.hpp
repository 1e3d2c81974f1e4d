#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads `claims` of a profile or of one of its rules: for each claim the value that it must equal,
/// or one of `equals`, `one_of` and `contains`. Reports what no claim could fulfil.
std::vector<core::claim_rule> read_claim_rules(reading const& in, map_reader const& item);

}  // namespace config

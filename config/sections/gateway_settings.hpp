#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads what a profile says about gateways: `dialects`, `token_sources`, `realm`,
/// `decision_max_age` and what read_access_policy reads. Reports what contradicts it in the rest of
/// the profile, which must have been read.
void read_gateway_settings(reading const& in, map_reader const& item, verify_profile& into);

}  // namespace config

#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads `headers` of a verify profile: which claims become headers of /auth's answer, and how.
void read_mapped_headers(reading const& in, map_reader const& item, verify_profile& into);

}  // namespace config

#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads what the original request of a gateway decides: `rules`, `exempt` and
/// `allow_cors_preflight`. Reports paths that no request can have, and rules that no request
/// reaches.
core::access_policy read_access_policy(reading const& in, map_reader const& item);

}  // namespace config

#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads the material of one item of `keys`: a file, a JWK, a secret by reference or a new key. Its
/// alg, use and kid are those of the material itself. Reports problems, and records in `origin`
/// where the key came from.
std::optional<core::jwk>
read_material(reading const& in, map_reader const& item, key_origin& origin);

}  // namespace config

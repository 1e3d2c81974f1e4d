#pragma once

#include "config/sections/sections.hpp"

namespace config {

/// Reads the material of one item of `keys`: a file, a JWK, a secret by reference or a new key.
/// What the key may do (alg, use, kid) is as the material itself says. Reports what is wrong; notes
/// in `origin` where it came from.
std::optional<core::jwk>
read_material(reading const& in, map_reader const& item, key_origin& origin);

}  // namespace config

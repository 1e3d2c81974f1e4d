#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace config {

/// What `publish` says: whether a key is in our JWKS, and in which set.
enum class publication : std::uint8_t { none, main, apart };

/// Where one of our own keys was configured, and what only checks and warnings need to know of it.
struct key_origin {
    std::string path{};  ///< "keys[0]"
    bool has_own_issuer = false;
    publication publish = publication::main;
    bool emergency = false;
    bool from_environment = false;
    bool is_generated = false;
    bool is_rotated = false;      ///< it is from the folder of a rotated series
    std::string generated_alg{};  ///< of such a key, as configured
    bool allow_zip = false;
    std::vector<std::string> callers{};
};

}  // namespace config

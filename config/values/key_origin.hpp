#pragma once

#include <string>
#include <vector>

namespace config {

/// Of a key of ours: its place, and what only the checks and warnings need.
struct key_origin {
    std::string path{};  ///< "keys[0]"
    bool has_own_issuer = false;
    bool publish = true;
    bool emergency = false;
    bool from_environment = false;
    bool is_generated = false;
    bool allow_zip = false;
    std::vector<std::string> callers{};
};

}  // namespace config

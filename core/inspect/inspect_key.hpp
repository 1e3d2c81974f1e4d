#pragma once

#include "core/inspect/finding.hpp"
#include "core/keys/jwk.hpp"

#include <string_view>
#include <vector>

namespace core {

/// The alg that the key is used with by default: the one it states, or that of its type and use.
std::string_view default_algorithm(jwk const& key) noexcept;

/// What is wrong with a key, or risky.
std::vector<finding> inspect_key(jwk const& key);

}  // namespace core

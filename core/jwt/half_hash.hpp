#pragma once

#include "core/algorithms/signature_algorithm.hpp"

#include <string>
#include <string_view>

namespace core {

/// The left half of the digest of `value` as base64url, for at_hash and c_hash.
///
/// by       hash_of the token's algorithm and key.
/// Returns  empty for hash::none.
/// Source   OpenID Connect Core 1.0 section 3.1.3.6
std::string half_hash(hash by, std::string_view value);

}  // namespace core

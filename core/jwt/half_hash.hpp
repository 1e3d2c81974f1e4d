#pragma once

#include "core/algorithms/signature_algorithm.hpp"

#include <string>
#include <string_view>

namespace core {

/// The left half of the digest of `value`, by the algorithm's hash, as base64url; empty when the
/// algorithm has none.
///
/// Source   OpenID Connect Core 1.0 section 3.1.3.6
std::string half_hash(signature_algorithm const& row, std::string_view value);

}  // namespace core

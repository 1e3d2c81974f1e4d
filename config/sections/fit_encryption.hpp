#pragma once

#include "config/sections/reader.hpp"
#include "core/algorithms/encryption_algorithm.hpp"
#include "core/keys/jwk.hpp"

#include <string_view>

namespace config {

/// Whether the name is a JWE `alg`, or an `enc` (which the keys of `dir` name).
bool is_encryption_name(std::string_view alg) noexcept;

/// ", did you mean" for one of the names of encryption.
std::string encryption_hint(std::string_view text);

/// Gives a key of `use: enc` its alg (the configured one, its own, or the default of its kind), and
/// checks that kind, size and key_ops fit it.
///
/// Returns  false when it reported a problem.
bool fit_encryption(map_reader const& item, core::jwk& key);

/// Makes a key for a JWE alg or, for `dir`, an enc.
///
/// Errors   key_invalid when the name is neither.
core::result<core::crypto::key_ptr> generate_for_encryption(std::string_view alg);

}  // namespace config

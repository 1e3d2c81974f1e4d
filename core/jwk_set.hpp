#pragma once

#include "core/jwk.hpp"

#include <span>
#include <vector>

namespace core {

struct jwk_set {
    std::vector<jwk> keys;
    std::size_t skipped = 0;        ///< entries that were left out (unknown kty, bad material)
    std::vector<std::string> ours;  ///< keys of our own that were left out: see own_keys; our kids
};

enum class set_source : std::uint8_t {
    foreign,  ///< another party's published set: bad keys are skipped singly, secrets and private
              ///< members are refused
    own,  ///< given by the operator or the caller: secrets allowed (not mixed with public keys), a
          ///< bad key fails it
};

/// Reads `{"keys": [...]}`.
///
/// object   untrusted. At most 128 keys; a set of more is key_invalid.
/// Errors   key_invalid: no `keys` array, no usable key, a bad key or a mix of secrets and public
/// keys (own), two keys of one kid (own; a foreign set keeps the first).
/// Source   RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a JWK Set that use 'kty'
/// values that are
///          not understood by them"
result<jwk_set> parse_jwk_set(json::value object, set_source source);
result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source);

/// Whether the key can verify a signature of one of these algorithms: family, size, stated alg, use
/// and key_ops all fit.
bool can_verify_with(jwk const& key, std::span<std::string const> algorithms);

/// What a token says about the key it needs.
struct key_query {
    signature_algorithm const* row;
    std::string_view kid;  ///< empty = the token has none
};

/// The keys that may verify: family and stated alg fit the row, use is sig or absent, key_ops admit
/// verify (or sign, of a private key whose public half verifies). A key whose kid is the token's is
/// the only candidate; without one, the candidates are the keys that have no explicit kid. A token
/// without kid leaves all. In the set's order, at most 8.
///
/// Errors   key_not_found when none fits; algorithm_not_allowed when kid alone names a key whose
/// alg or family refuses;
///          key_ambiguous when several fit and the set is foreign.
result<std::vector<jwk const*>>
select_verification_keys(std::span<jwk const> keys, key_query const& query, set_source source);

}  // namespace core

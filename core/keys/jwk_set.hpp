#pragma once

#include "core/keys/jwk.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace core {

/// Why an entry of a foreign set is not among its keys.
enum class left_out_reason : std::uint8_t {
    unusable,                ///< not understood, or not a good key
    secret,                  ///< kty oct
    kid_repeated,            ///< an earlier key has its kid
    own_key,                 ///< one of our own keys: see own_keys
    private_half_published,  ///< the set holds its private half, here or in another entry: anybody
                             ///< can sign with it
};
std::string_view to_string(left_out_reason reason) noexcept;

/// An entry that was left out, for people.
struct left_out_key {
    std::string kid;         ///< as it was published, at most 128 octets of it; empty = none
    std::string thumbprint;  ///< RFC 7638, of a key whose public half can be read; else empty
    left_out_reason reason;

    bool operator==(left_out_key const&) const = default;
};

struct jwk_set {
    std::vector<jwk> keys;
    std::vector<left_out_key> left_out;  ///< of a foreign set, in its order; our own keys last

    /// Whether the publisher gave private halves away.
    bool is_compromised() const noexcept;
};

/// Takes the keys with these RFC 7638 thumbprints out of a foreign set, and names them last in
/// `left_out`.
void leave_out(jwk_set& from, std::set<std::string> const& thumbprints, left_out_reason reason);

enum class set_source : std::uint8_t {
    foreign,  ///< another party's published set: read for its public members, bad keys are left out
              ///< one by one
    own,  ///< given by the operator or the caller: secrets allowed (not mixed with public keys), a
          ///< bad key fails it
};

/// Reads `{"keys": [...]}`.
///
/// object   untrusted. At most 128 keys; a set of more is key_invalid.
/// role     of an own set's keys; those of a foreign one are always as published.
/// Errors   key_invalid: no `keys` array, no usable key, a bad key or a mix of secrets and public
/// keys (own), two keys of one kid (own; a foreign set keeps the first).
/// Source   RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a JWK Set that use 'kty'
/// values that are
///          not understood by them"
result<jwk_set>
parse_jwk_set(json::value object, set_source source, key_role role = key_role::holder);
result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source);

/// The entries of a foreign set, sorted into those that may be used and those that are left out;
/// maybe none may. A private half condemns its key under every entry, whatever their order.
///
/// keys     an array, untrusted, of bounded length.
jwk_set read_published_keys(json::value keys);

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

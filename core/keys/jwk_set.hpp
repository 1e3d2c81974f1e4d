#pragma once

#include "core/keys/jwk.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace core {

/// Why an entry of a foreign set was left out.
enum class left_out_reason : std::uint8_t {
    unusable,                ///< not supported, or not a valid key
    secret,                  ///< kty oct
    kid_repeated,            ///< an earlier key has its kid
    own_key,                 ///< one of our own keys: see own_keys
    private_half_published,  ///< the set contains its private half, in this or another entry:
                             ///< anybody can sign with it
};
std::string_view to_string(left_out_reason reason) noexcept;

/// An entry that was left out, described for people.
struct left_out_key {
    std::string kid;         ///< as published, cut to 128 octets; empty = none
    std::string thumbprint;  ///< RFC 7638, if the public half can be read; otherwise empty
    left_out_reason reason;

    bool operator==(left_out_key const&) const = default;
};

struct jwk_set {
    std::vector<jwk> keys;
    std::vector<left_out_key> left_out;  ///< entries of a foreign set, in its order; own keys last

    /// Whether the set contains private halves.
    bool is_compromised() const noexcept;
};

/// Removes the keys with these RFC 7638 thumbprints from a foreign set, and adds them to the end of
/// `left_out`.
void leave_out(jwk_set& from, std::set<std::string> const& thumbprints, left_out_reason reason);

enum class set_source : std::uint8_t {
    foreign,  ///< published by another party: only public members are read; bad keys are left out
              ///< one by one
    own,      ///< given by the operator or the caller: may contain secrets (not mixed with public
              ///< keys); a bad key fails the whole set
};

/// Reads `{"keys": [...]}`.
///
/// object   untrusted; at most 128 keys.
/// role     of an own set's keys; the role of a foreign set's keys is always `published`.
/// Errors   key_invalid: no `keys` array; more than 128 keys; no usable key; in an own set also a
///          bad key, a mix of secrets and public keys, and two keys with one kid (a foreign set
///          keeps the first).
/// Source   RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a JWK Set that use 'kty'
///          values that are not understood by them"
result<jwk_set>
parse_jwk_set(json::value object, set_source source, key_role role = key_role::holder);
/// The same from text.
result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source);

/// Sorts the entries of a foreign set into those that may be used, perhaps none, and those that are
/// left out. A private half condemns its key in every entry, whatever their order.
///
/// keys     an array, untrusted, of bounded length.
jwk_set read_published_keys(json::value keys);

/// Whether the key can verify a signature of one of these algorithms: its family, size, stated alg,
/// use and key_ops all fit.
bool can_verify_with(jwk const& key, std::span<std::string const> algorithms);

/// What a token says about the key it needs.
struct key_query {
    signature_algorithm const* row;
    std::string_view kid;  ///< empty = the token has none
};

/// The keys that may verify a token, in the set's order, at most 8. Their family and stated alg fit
/// the row, their use is sig or absent, and key_ops allow verify (or sign, for a private key whose
/// public half verifies). A key with the token's kid is the only candidate; if there is none,
/// the candidates are the keys without an explicit kid. A token without kid excludes no key.
///
/// Errors   key_not_found when none fits; algorithm_not_allowed when the key with the token's kid
///          is for another alg or family; key_ambiguous when several fit and the set is foreign.
result<std::vector<jwk const*>>
select_verification_keys(std::span<jwk const> keys, key_query const& query, set_source source);

}  // namespace core

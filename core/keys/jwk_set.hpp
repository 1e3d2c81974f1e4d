#pragma once

#include "core/keys/jwk.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace core {

/// Why an entry of a foreign set was left out.
enum class left_out_reason : std::uint8_t {
    unusable,                ///< not supported, or not a valid key
    secret,                  ///< kty oct
    kid_repeated,            ///< the same key is already there under this kid, alg and use
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
    std::string detail{};  ///< of an unusable one: what is wrong with it, a fixed sentence

    auto operator<=>(left_out_key const&) const = default;
};

struct jwk_set {
    std::vector<jwk> keys;
    std::vector<left_out_key> left_out;  ///< of a foreign or given set, in its order; own keys last

    /// Whether the set contains private halves.
    bool is_compromised() const noexcept;
};

/// Removes the keys with these RFC 7638 thumbprints from a foreign set, and adds them to the end of
/// `left_out`.
void leave_out(jwk_set& from, std::set<std::string> const& thumbprints, left_out_reason reason);

enum class set_source : std::uint8_t {
    foreign,  ///< published by another party: only public members are read, as publishers spell
              ///< them; bad keys are left out one by one
    given,    ///< in a request: may contain secrets (not mixed with other keys); bad keys are left
              ///< out one by one
    own,      ///< the operator's: may contain secrets (not mixed with other keys); a bad key fails
              ///< the whole set
};

/// Reads `{"keys": [...]}`.
///
/// object   untrusted; at most 128 keys.
/// role     of the keys; that of a foreign set's keys is always `published`. Only a given set whose
///          keys are counterparts is read as publishers spell it: what holds private halves is the
///          caller's own.
/// budget   charged for each key of an own or given set; null = not bounded.
/// Errors   key_invalid: no `keys` array; more than 128 keys; no usable key; in a given or own set
///          also a secret next to another kind of key, before any key is read; in an own set also a
///          bad key, and two with the same kid, kty, alg and use. work_exceeded.
/// Source   RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a JWK Set that use 'kty'
///          values that are not understood by them, that are missing required members, or for which
///          values are out of the supported ranges."
result<jwk_set> parse_jwk_set(
    json::value object, set_source source, key_role role = key_role::holder,
    work_budget* budget = nullptr
);
/// The same from text. That of a foreign set may begin with a byte order mark, and repeat names.
result<jwk_set> parse_jwk_set_text(std::string_view text, set_source source);

/// Reads the JSON of what another party publishes: a byte order mark is skipped, and names may be
/// repeated.
///
/// text     untrusted.
/// Errors   as document::parse.
result<json::document> parse_published_json(std::string text);

/// The array of keys of a set; nullopt when the set is not an object, or has none or several.
std::optional<json::value> find_keys(json::value set);

/// Sorts the entries of a foreign set into those that may be used, perhaps none, and those that are
/// left out. A private half condemns its key in every entry, whatever their order. A key may have
/// several entries, for example one for each alg: they share its material.
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
/// public half verifies). If entries with the token's kid fit, only they are candidates; if there
/// are none, the keys without an explicit kid are. A token without kid excludes no key. Entries
/// that share their material are one candidate.
///
/// Errors   key_not_found when none fits; algorithm_not_allowed when those with the token's kid are
///          for another alg or family; key_ambiguous when several fit and the set is foreign.
result<std::vector<jwk const*>>
select_verification_keys(std::span<jwk const> keys, key_query const& query, set_source source);

}  // namespace core

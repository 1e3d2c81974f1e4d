#pragma once

#include "core/keys/key_selection.hpp"

#include <chrono>
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
    key_index index{};                   ///< of `keys` once they are complete, if there are many
    /// How often its publisher wants to be asked for it; of a SPIFFE bundle.
    std::optional<std::chrono::seconds> refresh_hint{};

    /// Whether the set contains private halves.
    bool is_compromised() const noexcept;
    bool has_kid(std::string_view kid) const { return core::has_kid(keys, &index, kid); }
};

/// Removes the keys with these RFC 7638 thumbprints from a foreign set, and adds them to the end of
/// `left_out`.
void leave_out(jwk_set& from, std::set<std::string> const& thumbprints, left_out_reason reason);

/// RFC 7517 has no bound; providers publish 2 to 10.
inline constexpr std::size_t usual_keys_max = 128;

/// Reads `{"keys": [...]}`.
///
/// object   untrusted.
/// role     of the keys; that of a foreign set's keys is always `published`. Only a given set whose
///          keys are counterparts is read as publishers spell it: what holds private halves is the
///          caller's own.
/// budget   charged for each key of an own or given set; null = not bounded.
/// keys_max a set with more keys is refused.
/// as       of a foreign set: as_published or in_bundle.
/// Errors   key_invalid: no `keys` array; more than keys_max keys; no usable key; in a given or own set
///          also a secret next to another kind of key, before any key is read; in an own set also a
///          bad key, and two with the same kid, kty, alg and use. work_exceeded.
/// Source   RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a JWK Set that use 'kty'
///          values that are not understood by them, that are missing required members, or for which
///          values are out of the supported ranges."
result<jwk_set> parse_jwk_set(
    json::value object, set_source source, key_role role = key_role::holder,
    work_budget* budget = nullptr, std::size_t keys_max = usual_keys_max,
    jwk_spelling as = jwk_spelling::as_published
);
/// The same from text. That of a foreign set may begin with a byte order mark, and repeat names.
result<jwk_set> parse_jwk_set_text(
    std::string_view text, set_source source, std::size_t keys_max = usual_keys_max,
    jwk_spelling as = jwk_spelling::as_published
);

/// Reads the JSON of what another party publishes: a byte order mark is skipped, and names may be
/// repeated.
///
/// text     untrusted.
/// keys_max how many keys it may have: it decides how many values are read.
/// Errors   as document::parse.
result<json::document>
parse_published_json(std::string text, std::size_t keys_max = usual_keys_max);

/// The array of keys of a set; nullopt when the set is not an object, or has none or several.
std::optional<json::value> find_keys(json::value set);

/// Sorts the entries of a foreign set into those that may be used, perhaps none, and those that are
/// left out. A private half condemns its key in every entry, whatever their order. A key may have
/// several entries, for example one for each alg: they share its material.
///
/// keys     an array, untrusted, of bounded length.
/// known    a set that was read before, or null: an entry whose text is that of one of its keys is
///          not read again. It was read with the same spelling.
/// as       as_published, or in_bundle: the bundle's keys of certificates are then not there, and
///          are not named either.
jwk_set read_published_keys(
    json::value keys, jwk_set const* known = nullptr, jwk_spelling as = jwk_spelling::as_published
);

}  // namespace core

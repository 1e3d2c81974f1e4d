#pragma once

#include "core/keys/leaked_keys.hpp"
#include "core/keys/own_keys.hpp"

#include <memory>
#include <string>

namespace core {

/// What the body of an origin's answer contains.
enum class jwks_worth : std::uint8_t {
    usable,     ///< a set with a key that can verify or be encrypted to
    sealing,    ///< a set that can only be encrypted to, in place of one that can verify, as when
                ///< half of a set is lost; believed only when it is repeated for some time
    empty,      ///< {"keys": []}; believed only when it is repeated for some time
    foreign,    ///< anything else: not a JSON object, no keys, no usable key
    condemned,  ///< no usable key, but the private half of a key in use: the set in use must be
                ///< dropped
};

struct jwks_reading {
    jwks_worth worth = jwks_worth::foreign;
    std::shared_ptr<jwk_set const> set;  ///< of a usable or a sealing body; otherwise null
    std::string_view problem;            ///< unless it is usable: a fixed sentence for the log
    std::vector<left_out_key> left_out;  ///< of every body with keys, usable or not
};

/// Reads a published set as publishers spell it. Keys that cannot be used are left out one by one
/// and named; so are secrets, and keys whose private half is published.
///
/// body        untrusted; its size was bounded when it was received.
/// algorithms  of the issuer: a set without a key that fits one of them, or counts for encryption,
///             is foreign.
/// keys_max    a set with more keys is foreign.
/// known       the set in use, or null. A key that is in both keeps its material, so that verifiers
///             made for it stay valid; a set that is the same in another order keeps its order.
/// ours        our own keys, or null. They are left out, and a set with only such keys is foreign.
/// leaked      the keys whose private half this issuer has published, or null. They are left out,
///             and those of this body are added.
/// as          as_published, or in_bundle for a SPIFFE trust domain: then its `spiffe_refresh_hint`
///             is read too.
/// is_sealed_to  whether somebody may encrypt to the issuer: only then a key with use enc counts.
/// Source      RFC 7517 section 5.1: "keys ... an array of JWK values"
jwks_reading read_jwks(
    std::string body, std::span<std::string const> algorithms, std::size_t keys_max,
    jwk_set const* known, own_keys const* ours = nullptr, leaked_keys* leaked = nullptr,
    jwk_spelling as = jwk_spelling::as_published, bool is_sealed_to = true
);

}  // namespace core

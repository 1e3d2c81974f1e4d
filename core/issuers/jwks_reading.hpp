#pragma once

#include "core/keys/leaked_keys.hpp"
#include "core/keys/own_keys.hpp"

#include <memory>
#include <string>

namespace core {

/// What a body that an origin answered with is worth.
enum class jwks_worth : std::uint8_t {
    usable,     ///< a set with a key that can verify, or that messages are encrypted to
    empty,      ///< {"keys": []}: a set, and nobody's; believed when it is said for a while
    foreign,    ///< anything else: no JSON object, no keys, none that can be used
    condemned,  ///< none that can be used, and of the set in use the private half of a key: that
                ///< set must not be used any more
};

struct jwks_reading {
    jwks_worth worth = jwks_worth::foreign;
    std::shared_ptr<jwk_set const> set;  ///< of a usable body; null else
    std::string_view problem;            ///< without a set: a fixed sentence for the log
    std::vector<left_out_key> left_out;  ///< of every body with keys, usable or not
};

/// Reads a published set. Keys that cannot be used are left out one by one and named; secrets, and
/// keys whose private half is published, are among them.
///
/// body        untrusted; its size was bounded when it was received.
/// algorithms  of the issuer: without a key that fits one of them, or is of use enc, the set is
///             foreign.
/// keys_max    a longer set is foreign.
/// known       the set in use, or null. A key that stands in it too keeps its material, so that
/// what
///             was made for that key stays good.
/// ours        null, or our own keys: they are left out, and a set of nothing else is foreign.
/// leaked      null, or what this issuer has published private halves of: it is left out, and
/// grows. Source      RFC 7517 section 5.1: "keys ... an array of JWK values"
jwks_reading read_jwks(
    std::string body, std::span<std::string const> algorithms, std::size_t keys_max,
    jwk_set const* known, own_keys const* ours = nullptr, leaked_keys* leaked = nullptr
);

}  // namespace core

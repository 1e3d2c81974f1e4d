#pragma once

#include "core/base/work_budget.hpp"
#include "core/crypto/key.hpp"
#include "core/json/json.hpp"

#include <array>
#include <string>
#include <string_view>

namespace core {

using crypto::key_role;

enum class key_use : std::uint8_t { any, sig, enc };

/// One value of `key_ops`, as a bit. RFC 7517 section 4.3
enum class key_op : std::uint8_t {
    sign = 1U << 0U,
    verify = 1U << 1U,
    encrypt = 1U << 2U,
    decrypt = 1U << 3U,
    wrap_key = 1U << 4U,
    unwrap_key = 1U << 5U,
    derive_key = 1U << 6U,
    derive_bits = 1U << 7U,
};

/// How strictly the members of a JWK are read.
enum class jwk_spelling : std::uint8_t {
    exact,         ///< as the RFCs say; for keys of our own
    as_published,  ///< as the publishers of sets write them: what can only mean one key is that key
    in_bundle,     ///< the same, in the bundle of a SPIFFE trust domain: only keys of JWT-SVIDs
};

/// A key and what it may be used for. The key decides this, never the token.
struct jwk {
    std::string kid;              ///< empty = none
    bool kid_is_derived = false;  ///< we made it (RFC 7638 thumbprint): a token with another kid
                                  ///< may still be this key's
    std::string alg;              ///< the one algorithm it is for; empty = not bound
    std::string issuer;           ///< of a published key: see is_key_for; empty = any token's
    key_use use = key_use::any;
    std::uint8_t ops = 0;              ///< key_op bits; 0 = not stated
    bool allow_weak_hmac = false;      ///< configured: the secret may be shorter than the hash
    bool private_half_unread = false;  ///< it came with one, but material is only the public half
    crypto::key_ptr material;
    /// Of the text that it was read from, in a published set: an entry with the same text is the
    /// same key and need not be read again. All zero = of no such text.
    std::array<std::uint8_t, 32> text_digest{};

    /// Whether key_ops allow the operation.
    bool may(key_op op) const noexcept
    {
        return ops == 0 || (ops & static_cast<std::uint8_t>(op)) != 0;
    }
};

/// Reads one JWK.
///
/// object   untrusted JSON; unknown members are ignored (RFC 7517 section 4).
/// role     what the key is for. A counterpart's private members are not read, and its key_ops are
///          translated to those of the public half: a key that may sign may verify. A published key
///          is never a secret, and its x5c is not read.
/// spelling as_published forgives what leaves no doubt, and nothing that makes a key weaker
///          or opens it to another use. Members that are null, "", [] or {} are absent; kty is
///          compared without case; a kid may be an integer; octets may be any base64; leading zero
///          octets of RSA and EC numbers may be too many or missing; key_ops may repeat values;
///          members may repeat with the same value; x5c is not read. Only for public halves.
///          in_bundle reads `use: jwt-svid` as sig, and admits no other.
/// budget   charged before the key's numbers are checked; null = not bounded.
/// Errors   key_invalid: not an object; kty missing or unknown; members missing, of the wrong type
///          or badly encoded; alg unknown or of another family; a use that is neither sig nor enc,
///          or in a bundle not jwt-svid; a published key's issuer that is not a string;
///          alg, use and key_ops that contradict each other; key_ops with duplicates, with more
///          than 32 values or without a known one, unless it is empty in the public half of an EC
///          or OKP key, which then only agrees on keys; x5c whose first certificate has another key;
///          a member that appears twice with different values; material that import refuses;
///          work_exceeded.
/// Source   RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2, RFC 9964; SPIFFE Trust
///          Domain and Bundle section 4.2.2: "The `use` parameter MUST be set."
result<jwk> parse_jwk(
    json::value object, key_role role, jwk_spelling spelling = jwk_spelling::exact,
    work_budget* budget = nullptr
);
/// The same from text.
result<jwk> parse_jwk_text(
    std::string_view text, key_role role = key_role::holder, work_budget* budget = nullptr
);

}  // namespace core

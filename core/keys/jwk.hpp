#pragma once

#include "core/crypto/key.hpp"
#include "core/json/json.hpp"

#include <string>
#include <string_view>

namespace core {

using crypto::key_role;

enum class key_use : std::uint8_t { any, sig, enc };

/// `key_ops` as bits; 0 = not stated. RFC 7517 section 4.3
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

/// A key and what it may do. The policy is the key's, never the token's.
struct jwk {
    std::string kid;              ///< empty = none
    bool kid_is_derived = false;  ///< we made it (RFC 7638 thumbprint): it excludes nothing when a
                                  ///< token's kid differs
    std::string alg;              ///< the one algorithm it is for; empty = not bound
    key_use use = key_use::any;
    std::uint8_t ops = 0;  ///< key_op bits
    bool allow_weak_hmac =
        false;  ///< by name in the configuration: an HMAC secret may be shorter than the hash
    bool private_half_unread = false;  ///< it came with one, and material is the public half
    crypto::key_ptr material;

    bool may(key_op op) const noexcept
    {
        return ops == 0 || (ops & static_cast<std::uint8_t>(op)) != 0;
    }
};

/// Reads one JWK.
///
/// object   untrusted JSON; unknown members are ignored (RFC 7517 section 4).
/// role     what the key is for. Of a counterpart the private members are not looked at, and what
///          key_ops let the private half do, the public half does: a key that may sign verifies. A
///          published key is never a secret, and its x5c is not looked at either.
/// Errors   key_invalid: not an object, kty missing or unknown, members missing, ill-typed or badly
/// encoded, alg unknown or of another family, a use that is neither sig nor enc, alg, use and
/// key_ops that contradict one another, key_ops with duplicates, with more than 32 values or with
/// nothing known; x5c whose first certificate holds another key; material that import refuses.
/// Source   RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2, RFC 9964
result<jwk> parse_jwk(json::value object, key_role role);
/// The same from text.
result<jwk> parse_jwk_text(std::string_view text, key_role role = key_role::holder);

/// Whether a JWK has a private member (or a secret's k) that says something: not null, not "".
/// Source   the registry of RFC 7517 section 8.1: parameters of the information class "Private"
bool has_private_member(json::value object);

/// Whether reading the whole JWK recovers the primes of an RSA key: it has d, and neither p nor q.
/// Looks only at which members there are.
bool needs_prime_recovery(json::value object);

/// SHA-256 thumbprint, base64url. Never shown for a secret: the thumbprint of a guessable secret is
/// an oracle. Source   RFC 7638 section 3
std::string thumbprint(crypto::key const& material);

/// The canonical JSON that the thumbprint hashes.
std::string thumbprint_input(crypto::key const& material);

/// Gives a key without a kid its thumbprint as kid (asymmetric keys only).
void derive_kid(jwk& key);

/// Appends the JWK as JSON: kty, kid, use, alg, public members. Of a secret, never its octets.
void append_public_jwk(std::string& out, jwk const& key);
/// With private members: for `signet keygen` and `signet jwk convert` alone.
void append_private_jwk(std::string& out, jwk const& key);

}  // namespace core

#pragma once

#include "core/keys/jwk.hpp"

#include <string>
#include <string_view>

namespace core {

inline constexpr std::size_t key_text_max = 64U * 1024U;         ///< octets of a key file
inline constexpr std::size_t inline_key_text_max = 16U * 1024U;  ///< octets of a key in a request

enum class key_format : std::uint8_t { jwk, pem, der, openssh, raw };

/// What a key text may be; raw octets are never guessed.
struct key_text_options {
    secret_bytes const* password =
        nullptr;  ///< for encrypted PKCS#8; null = encrypted keys are refused
    bool allow_jwk = true;
    key_role role = key_role::holder;  ///< how much of the key is read
};

/// Reads one asymmetric key: PEM (PKCS#8, encrypted PKCS#8, PKCS#1, SEC1 with or without EC
/// PARAMETERS, SPKI, PKCS#1 public, X.509 certificate), the same in DER, OpenSSH private and public
/// keys, or a JWK.
///
/// text     untrusted; at most key_text_max octets.
/// Errors   key_invalid with a fixed sentence that names the remedy (for example the openssl
/// command for an encryption
///          that is not read).
result<jwk> read_key(byte_view text, key_text_options const& options = {});

/// needs_prime_recovery of a key text: that of the JWK which it is, false for every other format
/// (they carry the primes).
///
/// text     untrusted. A JWK is looked at, not read.
bool needs_prime_recovery(std::string_view text);

/// Whether an HMAC secret is really some key's text: PEM, OpenSSH, an X.509 or SPKI or PKCS#8 DER,
/// or a JWK (a JSON object with kty or keys), with any white space around it. Source   RFC 8725
/// section 2.1 and CVE-2022-29217, CVE-2026-34950, CVE-2026-48526
bool looks_like_key_text(byte_view secret);

/// A shared secret as a key, unless it is some key's text.
///
/// octets   1 to 4096, untrusted.
/// Errors   key_invalid
result<crypto::key_ptr> import_shared_secret(secret_bytes octets);

/// PEM out: SubjectPublicKeyInfo, or PKCS#8. Not for secrets (empty).
std::string to_public_pem(crypto::key const& material);
result<std::string> to_private_pem(crypto::key const& material);

}  // namespace core

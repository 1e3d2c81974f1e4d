#pragma once

#include "core/keys/jwk.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace core {

inline constexpr std::size_t key_text_max = 64U * 1024U;         ///< octets of a key file
inline constexpr std::size_t key_text_keys_max = 8;              ///< what a token is tried on
inline constexpr std::size_t inline_key_text_max = 16U * 1024U;  ///< octets of a key in a request

enum class key_format : std::uint8_t { jwk, pem, der, openssh, raw };

/// How a key text is read. Raw octets are never guessed to be a key.
struct key_text_options {
    secret_bytes const* password = nullptr;  ///< of encrypted PKCS#8; null = such keys are refused
    bool allow_jwk = true;
    key_role role = key_role::holder;  ///< how much of the key is read
    work_budget* budget = nullptr;     ///< charged for what is read; null = not bounded

    crypto::import_options import() const noexcept { return {role, password, budget}; }
};

/// Reads one asymmetric key: PEM (PKCS#8, encrypted PKCS#8, PKCS#1, SEC1 with or without EC
/// PARAMETERS, SPKI, PKCS#1 public, X.509 certificate), the same in DER, OpenSSH private and public
/// keys, or a JWK. A PEM text may also contain the key's public half and its certificate with the
/// chain of its issuers, of which only the first certificate counts: see pem_keys.hpp.
///
/// text     untrusted; at most key_text_max octets.
/// Errors   key_invalid with a fixed sentence that names the remedy (for example an openssl command
///          when the encryption is not supported).
result<jwk> read_key(byte_view text, key_text_options const& options = {});

/// Reads a text of one or more keys: a PEM text may have up to key_text_keys_max different ones.
///
/// Errors   as read_key.
result<std::vector<jwk>> read_keys(byte_view text, key_text_options const& options = {});

/// Writes the public half as PEM, SubjectPublicKeyInfo. Empty for a secret.
std::string to_public_pem(crypto::key const& material);
/// Writes a private key as PEM, PKCS#8.
///
/// Errors   key_invalid for a secret and for a public key.
result<std::string> to_private_pem(crypto::key const& material);
/// The same, encrypted with a password.
///
/// Errors   key_invalid as above; internal.
result<std::string> to_encrypted_pem(crypto::key const& material, secret_bytes const& password);

}  // namespace core

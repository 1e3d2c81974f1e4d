#pragma once

#include "core/crypto/key.hpp"

namespace core::crypto {

/// Reads one key in DER, told apart by its shape: SubjectPublicKeyInfo, X.509 certificate (its
/// public key; nothing else of it is checked), PKCS#8, encrypted PKCS#8, PKCS#1 public and private,
/// SEC 1 private.
///
/// der      untrusted.
/// password null = encrypted keys are refused.
/// Errors   key_invalid, as for every import; with the remedy where an encryption is not read.
/// Source   RFC 5280 section 4.1, RFC 5958, RFC 8017 appendix A.1, RFC 5915, RFC 8410, RFC 9881
result<key_ptr> read_der(byte_view der, secret_bytes const* password);

/// SubjectPublicKeyInfo, and PKCS#8 (ML-DSA in RFC 9881's seed form). Precondition: not a secret;
/// a private key.
bytes write_spki(key const& material);
secret_bytes write_pkcs8(key const& material);

}  // namespace core::crypto

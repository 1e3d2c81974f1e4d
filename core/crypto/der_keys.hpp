#pragma once

#include "core/crypto/key.hpp"

namespace core::crypto {

/// Reads one key in DER, told apart by its shape: SubjectPublicKeyInfo, X.509 certificate (its
/// public key; the rest is read and says nothing here), PKCS#8, encrypted PKCS#8, PKCS#1 public and
/// private, SEC 1 private.
///
/// der      untrusted.
/// password null = encrypted keys are refused.
/// role     a counterpart's private numbers are not looked at: the public half is taken from where
///          the encoding has it. Where it has none (PKCS#8 of X25519 and its kind, of ML-DSA; an EC
///          key without its point) one multiplication gives it. As published, a private key is
///          refused before it is read.
/// Errors   key_invalid, as for every import; with the remedy where an encryption is not read. EC
///          curves by name only: parameters that are written out are refused before any arithmetic.
/// Source   RFC 5280 section 4.1, RFC 5958, RFC 8017 appendix A.1, RFC 5915, RFC 8410, RFC 9881
result<key_ptr> read_der(byte_view der, secret_bytes const* password, key_role role);

/// SubjectPublicKeyInfo, and PKCS#8 (ML-DSA in RFC 9881's seed form). Precondition: not a secret;
/// a private key.
bytes write_spki(key const& material);
secret_bytes write_pkcs8(key const& material);

}  // namespace core::crypto

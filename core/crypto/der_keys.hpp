#pragma once

#include "core/crypto/key.hpp"

namespace core::crypto {

/// Reads one key in DER. Its structure tells which kind it is: SubjectPublicKeyInfo, X.509
/// certificate (only its public key is used), PKCS#8, encrypted PKCS#8, PKCS#1 public and private,
/// SEC 1 private.
///
/// der       untrusted.
/// how       by its role: a counterpart's private numbers are not read: the public half comes from the encoding.
///           If the encoding lacks it (PKCS#8 of OKP curves and ML-DSA; an EC key without its
///           point), it is computed where that takes about 0.1 ms (P-256, secp256k1, Ed25519,
///           X25519); other such keys are refused. A published private key is always refused,
///           before it is read.
/// Errors    key_invalid, as for every import; it names the remedy when an encryption is not
///           supported. EC curves only by name: explicit parameters are refused before any
///           arithmetic.
/// Source    RFC 5280 section 4.1, RFC 5958, RFC 8017 appendix A.1, RFC 5915, RFC 8410, RFC 9881
result<key_ptr> read_der(byte_view der, import_options const& how);

/// Whom a certificate is about, and who issued it: names in DER, to be compared.
struct certificate_names {
    bytes subject, issuer;
};

/// der      untrusted.
/// Errors   key_invalid unless it is a certificate, of any key.
/// Source   RFC 5280 sections 4.1.2.4, 4.1.2.6
result<certificate_names> read_certificate_names(byte_view der);

/// Writes a SubjectPublicKeyInfo. Precondition: not a secret.
bytes write_spki(key const& material);
/// Writes PKCS#8 (ML-DSA in RFC 9881's seed form). Precondition: a private key, not a secret.
secret_bytes write_pkcs8(key const& material);
/// Writes EncryptedPrivateKeyInfo: PBES2 with PBKDF2 of SHA-256 and AES-256-CBC. Takes about 0.2 s.
/// Precondition: a private key, not a secret.
///
/// Errors   internal
/// Source   RFC 5958 section 3, RFC 8018 section 6.2
result<bytes> write_encrypted_pkcs8(key const& material, secret_bytes const& password);

}  // namespace core::crypto

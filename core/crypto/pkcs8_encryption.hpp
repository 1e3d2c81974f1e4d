#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace core::crypto {

/// Opens an EncryptedPrivateKeyInfo: PBES2 with PBKDF2 or scrypt and AES-CBC.
///
/// der       untrusted, although it usually comes from the operator: its cost is bounded.
/// password  what the key was encrypted with.
/// Errors    key_invalid: another encryption (the detail names the remedy), a wrong password, a
///           cost above the bounds.
/// Source    RFC 5958 section 3, RFC 8018 section 6.2, RFC 7914 section 7
result<secret_bytes> decrypt_pkcs8(byte_view der, secret_bytes const& password);

}  // namespace core::crypto

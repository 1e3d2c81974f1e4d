#pragma once

#include "core/base/error.hpp"
#include "core/crypto/key.hpp"

namespace core {

/// Whether an HMAC secret is really the text of a key: PEM, OpenSSH, DER (X.509, SPKI or PKCS#8) or
/// a JWK (a JSON object with kty or keys), with any white space around it.
///
/// Source   RFC 8725 section 2.1 and CVE-2022-29217, CVE-2026-34950, CVE-2026-48526
bool looks_like_key_text(byte_view secret);

/// Makes a key of a shared secret.
///
/// octets   1 to 4096 octets, untrusted.
/// Errors   key_invalid for another size, and for the text of a key.
result<crypto::key_ptr> import_shared_secret(secret_bytes octets);

}  // namespace core

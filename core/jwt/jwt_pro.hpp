#pragma once

#include "core/crypto/key.hpp"

namespace core {

/// Reads the payload of a token that jwt-pro (PyPI) made with encrypt=True: a JWS whose payload is
/// IV || AES-CBC with PKCS #7 padding of the claims, under the HMAC secret itself, filled with zero
/// octets to 16, 24 or 32, or cut to 32. For moving away from it: one key for two purposes and
/// encryption that only the signature authenticates are what JWE exists to avoid.
///
/// secret   the HMAC secret that verified the token.
/// payload  the decoded payload part, which the signature covers.
/// Errors   key_invalid when the key is no secret; decryption_failed for anything that does not
///          decrypt.
result<secret_bytes> open_jwt_pro_payload(crypto::key const& secret, byte_view payload);

}  // namespace core

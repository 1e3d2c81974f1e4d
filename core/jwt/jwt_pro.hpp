#pragma once

#include "core/crypto/key.hpp"

namespace core {

/// Reads the payload of a token that jwt-pro (PyPI) made with encrypt=True: a JWS whose payload is
/// an IV followed by the claims in AES-CBC with PKCS #7 padding. The key is the HMAC secret itself,
/// padded with zero octets to 16, 24 or 32 octets, or cut to 32. Only for moving away from jwt-pro:
/// JWE exists to avoid one key for two purposes and encryption that only a signature authenticates.
///
/// secret   the HMAC secret that verified the token.
/// payload  the decoded payload part, covered by the signature.
/// Errors   key_invalid when the key is not a secret; decryption_failed for anything that does not
///          decrypt.
result<secret_bytes> open_jwt_pro_payload(crypto::key const& secret, byte_view payload);

}  // namespace core

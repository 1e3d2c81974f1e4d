#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/bytes.hpp"
#include "core/base/secret.hpp"

#include <optional>

namespace core::crypto {

struct sealed_content {
    bytes ciphertext;
    bytes tag;
};

/// Encrypts and authenticates.
///
/// enc      the row of the algorithm.
/// cek      a key of exactly enc.key_bits.
/// iv       exactly enc.iv_octets() octets, different for each call with this cek.
/// Source   RFC 7518 sections 5.2.2.1 and 5.3
sealed_content seal_content(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view plaintext,
    byte_view additional_data
);

/// Decrypts what seal_content made. A wrong tag and wrong padding cost the same work: with cbc_hmac
/// everything is authenticated and decrypted before anything is decided.
///
/// cek      a key of exactly enc.key_bits.
/// others   untrusted, of the lengths that the row states; a ciphertext of cbc_hmac is a positive
///          multiple of 16 octets.
/// Returns  nullopt when the tag or the padding is wrong.
/// Source   RFC 7518 section 5.2.2.2
std::optional<secret_bytes> open_content(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view ciphertext,
    byte_view tag, byte_view additional_data
);

/// Decrypts AES-CBC with PKCS #7 padding, without authentication: only for octets that a verified
/// signature covers.
///
/// key      16, 24 or 32 octets.
/// iv       16 octets.
/// Returns  nullopt when the padding is wrong or the length is not a positive multiple of 16.
std::optional<secret_bytes> decrypt_cbc(byte_view key, byte_view iv, byte_view ciphertext);

}  // namespace core::crypto

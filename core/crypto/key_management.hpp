#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/crypto/key.hpp"
#include "core/crypto/operation_cache.hpp"

#include <optional>

namespace core::crypto {

/// What the recipient needs to get the CEK: the encrypted key and the header parameters of its
/// algorithm, decoded. Parameters that the algorithm does not use are empty.
struct cek_parameters {
    bytes encrypted_key;
    key_ptr epk;           ///< ECDH-ES: the sender's ephemeral key
    bytes apu, apv;        ///< ECDH-ES
    bytes iv, tag;         ///< A*GCMKW: 12 and 16 octets
    bytes p2s;             ///< PBES2: at least 8 octets
    std::int64_t p2c = 0;  ///< PBES2: iterations, within the bounds of core/jwe/limits.hpp
};

/// Why a key cannot be used with an algorithm: a key of the wrong type, a secret of the wrong size,
/// or an RSA key of less than 2048 bits. nullopt when it can.
///
/// Source   RFC 7518 sections 4.2, 4.4, 4.5
std::optional<failure> misfit(
    key const& material, key_management_algorithm const& row,
    content_encryption_algorithm const& enc
);

/// A new random key for `enc`.
secret_bytes fresh_cek(content_encryption_algorithm const& enc);

/// Whether the key itself, or the shared secret, is the CEK: then no encrypted key is sent.
constexpr bool is_direct(key_management_algorithm const& row) noexcept
{
    return row.scheme == key_management_scheme::direct
        || (row.scheme == key_management_scheme::ecdh && row.wrap_bits == 0);
}

/// The sender's half: encrypts the CEK to a recipient and fills in what must be sent with it.
///
/// to       a key that fits (see misfit).
/// cek      the CEK to encrypt; a direct algorithm replaces it by the one that the key gives.
/// with     apu, apv and p2c are input; all others are output.
/// kept     where what is made for a long-lived key is kept; null = it is used once.
/// Errors   key_invalid: the key does not fit, or has been used 2^32 times with AES-GCM (counted
///          here for `dir` too).
result<void> seal_cek(
    key_ptr const& to, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    secret_bytes& cek, cek_parameters& with, operation_cache* kept = nullptr
);

/// The recipient's half. Always returns a CEK of the right size: a random one when this key does
/// not open the encrypted key.
///
/// by       a private key or a secret.
/// with     untrusted; lengths and bounds were checked, and epk is on the key's curve.
/// kept     as for seal_cek.
/// Errors   key_invalid: the key does not fit or has no private half.
/// Source   RFC 7516 section 11.5: "The recommended approach is ... substituting a randomly
///          generated CEK"
result<secret_bytes> open_cek(
    key_ptr const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    cek_parameters const& with, operation_cache* kept = nullptr
);

}  // namespace core::crypto

#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/crypto/key.hpp"

#include <optional>

namespace core::crypto {

/// What travels beside the content so that the recipient finds the CEK: the encrypted key and the
/// header parameters of its algorithm, decoded. Those that an algorithm has no use for are empty.
struct cek_parameters {
    bytes encrypted_key;
    key_ptr epk;           ///< ECDH-ES: the sender's ephemeral key
    bytes apu, apv;        ///< ECDH-ES
    bytes iv, tag;         ///< A*GCMKW: 12 and 16 octets
    bytes p2s;             ///< PBES2: at least 8 octets
    std::int64_t p2c = 0;  ///< PBES2: within the bounds of core/jwe/jwe.hpp
};

/// Why a key cannot be used with an algorithm: wrong kind, or wrong size of a secret, or an RSA key
/// of less than 2048 bits.
/// Source   RFC 7518 sections 4.2, 4.4, 4.5
std::optional<failure> misfit(
    key const& material, key_management_algorithm const& row,
    content_encryption_algorithm const& enc
);

/// A random key for `enc`.
secret_bytes fresh_cek(content_encryption_algorithm const& enc);

/// Whether the key itself, or what it agrees on, is the CEK: then there is nothing to wrap.
constexpr bool is_direct(key_management_algorithm const& row) noexcept
{
    return row.scheme == key_management_scheme::direct
        || (row.scheme == key_management_scheme::ecdh && row.wrap_bits == 0);
}

/// The sender's half: gives the recipient its CEK and fills in what must travel.
///
/// to       a key that fits (misfit).
/// cek      used as it is; for a direct algorithm it is replaced by what the key gives.
/// with     apu, apv and p2c go in; all others come out.
/// Errors   key_invalid: the key does not fit; it has been used 2^32 times with AES-GCM (counted
///          here for `dir` too).
result<void> seal_cek(
    key const& to, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    secret_bytes& cek, cek_parameters& with
);

/// The recipient's half. Whatever the key makes of `with`, a CEK of the right size comes back: a
/// random one when the encrypted key is not one that this key opens.
///
/// with     untrusted; lengths and bounds were checked, epk has the key's curve.
/// Errors   key_invalid: the key does not fit or has no private half.
/// Source   RFC 7516 section 11.5: "The recommended approach is ... substituting a randomly
///          generated CEK"
result<secret_bytes> open_cek(
    key const& by, key_management_algorithm const& row, content_encryption_algorithm const& enc,
    cek_parameters const& with
);

}  // namespace core::crypto

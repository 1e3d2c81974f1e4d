#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/crypto/key.hpp"

#include <optional>

namespace core::crypto {

/// Opens the CEKs that were encrypted to one RSA key with one algorithm. Only one thread may use it
/// at a time.
class rsa_opener {
public:
    virtual ~rsa_opener() = default;
    /// The CEK.
    ///
    /// encrypted  untrusted.
    /// size       octets of the CEK.
    /// Returns    random octets, or nullopt, when it is not an encrypted key of this size.
    virtual std::optional<secret_bytes> open(byte_view encrypted, std::size_t size) = 0;
};

/// Encrypts CEKs to one RSA key with one algorithm. Only one thread may use it at a time.
class rsa_sealer {
public:
    virtual ~rsa_sealer() = default;
    /// Errors   internal
    virtual result<bytes> seal(byte_view cek) = 0;
};

/// Agrees on secrets with one private key. Only one thread may use it at a time.
class agreement {
public:
    virtual ~agreement() = default;
    /// The shared secret Z: of an EC curve the x coordinate, of full length.
    ///
    /// theirs   a key of the same curve, checked when it was imported.
    /// Returns  nullopt when it would be zero.
    virtual std::optional<secret_bytes> secret_with(key const& theirs) = 0;
};

/// Makes one by the fastest library that is in use.
///
/// material   for a sealer a key that fits the row (see misfit), else a private one. It must
///            outlive what is made.
/// Returns    null when the key cannot be used.
std::unique_ptr<rsa_opener>
make_rsa_opener(key const& material, key_management_algorithm const& row);
std::unique_ptr<rsa_sealer>
make_rsa_sealer(key const& material, key_management_algorithm const& row);
std::unique_ptr<agreement> make_agreement(key const& material);

}  // namespace core::crypto

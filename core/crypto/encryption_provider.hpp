#pragma once

#include "core/crypto/key_operations.hpp"

namespace core::crypto {

/// What one library does with the keys of encrypted tokens. Each function returns null when the
/// library does not have the algorithm or cannot use the key; material must outlive what is made.
class encryption_provider {
public:
    virtual ~encryption_provider() = default;

    virtual std::unique_ptr<rsa_opener>
    opener_of(key const& material, key_management_algorithm const& row) const = 0;
    virtual std::unique_ptr<rsa_sealer>
    sealer_of(key const& material, key_management_algorithm const& row) const = 0;
    virtual std::unique_ptr<agreement> agreement_of(key const& material) const = 0;
};

/// Null when this build or this machine does not have the library.
encryption_provider const* openssl_encryption();
/// Always there, and has every algorithm.
encryption_provider const& botan_encryption();

/// make_rsa_sealer and make_agreement for a key that is used many times: they may take longer to
/// make.
std::unique_ptr<rsa_sealer>
make_kept_rsa_sealer(key const& material, key_management_algorithm const& row);
std::unique_ptr<agreement> make_kept_agreement(key const& material);

}  // namespace core::crypto

#include "core/crypto/key_operations.hpp"

#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/providers.hpp"

namespace core::crypto {

std::unique_ptr<rsa_opener>
make_rsa_opener(key const& material, key_management_algorithm const& row)
{
    auto const* by = encryption_faster_than_botan();
    auto made = by ? by->opener_of(material, row) : nullptr;
    return made ? std::move(made) : botan_encryption().opener_of(material, row);
}

// OpenSSL encrypts in 19 us and takes 20 to make its form of the key; Botan takes 27.
std::unique_ptr<rsa_sealer>
make_rsa_sealer(key const& material, key_management_algorithm const& row)
{
    return botan_encryption().sealer_of(material, row);
}

std::unique_ptr<rsa_sealer>
make_kept_rsa_sealer(key const& material, key_management_algorithm const& row)
{
    auto const* by = encryption_faster_than_botan();
    auto made = by ? by->sealer_of(material, row) : nullptr;
    return made ? std::move(made) : botan_encryption().sealer_of(material, row);
}

// With X25519 OpenSSL takes 36 us and as long to make its form of the key; Botan takes 47. With P-256
// OpenSSL takes half of Botan's time also for one agreement.
std::unique_ptr<agreement> make_agreement(key const& material)
{
    return material.family() == key_family::x25519 ? botan_encryption().agreement_of(material)
                                                   : make_kept_agreement(material);
}

std::unique_ptr<agreement> make_kept_agreement(key const& material)
{
    auto const* by = encryption_faster_than_botan();
    auto made = by ? by->agreement_of(material) : nullptr;
    return made ? std::move(made) : botan_encryption().agreement_of(material);
}

}  // namespace core::crypto

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

std::unique_ptr<rsa_sealer>
make_rsa_sealer(key const& material, key_management_algorithm const& row)
{
    auto const* by = encryption_faster_than_botan();
    auto made = by ? by->sealer_of(material, row) : nullptr;
    return made ? std::move(made) : botan_encryption().sealer_of(material, row);
}

std::unique_ptr<agreement> make_agreement(key const& material)
{
    auto const* by = encryption_faster_than_botan();
    auto made = by ? by->agreement_of(material) : nullptr;
    return made ? std::move(made) : botan_encryption().agreement_of(material);
}

}  // namespace core::crypto

#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/botan/hash_name.hpp"
#include "core/crypto/encryption_provider.hpp"

#include <botan/ec_apoint.h>
#include <botan/ecc_key.h>
#include <botan/ecdh.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <string>

namespace core::crypto {
namespace {

/// Botan's name of the padding.
std::string padding_name(key_management_algorithm const& row)
{
    return row.scheme == key_management_scheme::rsa_pkcs1
        ? "PKCS1v15"
        : "OAEP(" + std::string(hash_name(row.hash)) + ")";
}

/// Opens to random octets for every kind of wrong padding or length, in the same time. Only a
/// number that is not below the modulus, which anyone can see, gives nullopt.
class opener final : public rsa_opener {
public:
    opener(botan_key const& material, key_management_algorithm const& row)
        : decryptor_(*material.private_half(), Botan::system_rng(), padding_name(row))
    {
    }
    std::optional<secret_bytes> open(byte_view encrypted, std::size_t size) override
    {
        try {
            auto const cek = decryptor_.decrypt_or_random(
                encrypted.data(), encrypted.size(), size, Botan::system_rng()
            );
            return secret_bytes(byte_view(cek));
        } catch (Botan::Exception const&) {
            return std::nullopt;
        }
    }

private:
    Botan::PK_Decryptor_EME decryptor_;
};

class sealer final : public rsa_sealer {
public:
    sealer(botan_key const& material, key_management_algorithm const& row)
        : encryptor_(material.public_half(), Botan::system_rng(), padding_name(row))
    {
    }
    result<bytes> seal(byte_view cek) override
    {
        try {
            return encryptor_.encrypt(cek, Botan::system_rng());
        } catch (Botan::Exception const&) {
            return failure::of(errc::internal, "the key could not be encrypted");
        }
    }

private:
    Botan::PK_Encryptor_EME encryptor_;
};

/// Keys are held for signing; agreeing with an EC key needs Botan's other type of it.
std::unique_ptr<Botan::Private_Key const> ecdh_key_of(Botan::Private_Key const& material)
{
    auto const* ec = dynamic_cast<Botan::EC_PrivateKey const*>(&material);
    return ec ? std::make_unique<Botan::ECDH_PrivateKey const>(ec->domain(), ec->_private_key())
              : nullptr;
}

class key_agreement final : public agreement {
public:
    explicit key_agreement(botan_key const& material)
        : family_(material.family()), ec_(ecdh_key_of(*material.private_half())),
          agreement_(ec_ ? *ec_ : *material.private_half(), Botan::system_rng(), "Raw")
    {
    }
    std::optional<secret_bytes> secret_with(key const& theirs) override
    {
        if (theirs.family() != family_)
            return std::nullopt;
        try {
            auto const secret = agreement_.derive_key(0, public_value_of(theirs));
            return secret_bytes(byte_view(secret.bits_of()));
        } catch (Botan::Exception const&) {
            return std::nullopt;  // X25519 and X448: it would be zero
        }
    }

private:
    bytes public_value_of(key const& theirs) const
    {
        auto const& half = botan_of(theirs).public_half();
        if (ec_)
            return dynamic_cast<Botan::EC_PublicKey const&>(half)
                ._public_ec_point()
                .serialize_uncompressed<bytes>();
        return half.raw_public_key_bits();
    }

    key_family family_;
    std::unique_ptr<Botan::Private_Key const> ec_;
    Botan::PK_Key_Agreement agreement_;
};

/// Null when Botan cannot use the key.
template <class Concrete, class... Arguments>
std::unique_ptr<Concrete> make(key const& material, Arguments const&... more)
{
    try {
        return std::make_unique<Concrete>(botan_of(material), more...);
    } catch (Botan::Exception const&) {
        return nullptr;
    }
}

class provider final : public encryption_provider {
public:
    std::unique_ptr<rsa_opener>
    opener_of(key const& material, key_management_algorithm const& row) const override
    {
        return make<opener>(material, row);
    }
    std::unique_ptr<rsa_sealer>
    sealer_of(key const& material, key_management_algorithm const& row) const override
    {
        return make<sealer>(material, row);
    }
    std::unique_ptr<agreement> agreement_of(key const& material) const override
    {
        return make<key_agreement>(material);
    }
};

}  // namespace

encryption_provider const& botan_encryption()
{
    static provider const only;
    return only;
}

}  // namespace core::crypto

#include "core/crypto/botan/botan_key.hpp"

#include <botan/ec_apoint.h>
#include <botan/ecc_key.h>
#include <botan/rsa.h>

namespace core::crypto {
namespace {

secret_bytes secret_number(Botan::BigInt const& number)
{
    return secret_bytes(number.serialize<bytes>());
}

private_parts rsa_private_parts(Botan::RSA_PrivateKey const& key)
{
    private_parts parts;
    parts.d = secret_number(key.get_d());
    parts.p = secret_number(key.get_p());
    parts.q = secret_number(key.get_q());
    parts.dp = secret_number(key.get_d1());
    parts.dq = secret_number(key.get_d2());
    parts.qi = secret_number(key.get_c());
    return parts;
}

}  // namespace

key_ptr public_half_of(key const& material)
{
    auto const& whole = *botan_of(material).private_half();
    return public_key(material.family(), whole.public_key(), material.bits());
}

public_parts public_parts_of(key const& material)
{
    public_parts parts;
    if (material.family() == key_family::secret)
        return parts;
    auto const& key = botan_of(material).public_half();
    if (auto const* rsa = dynamic_cast<Botan::RSA_PublicKey const*>(&key)) {
        parts.n = rsa->get_n().serialize();
        parts.e = rsa->get_e().serialize();
    } else if (auto const* ec = dynamic_cast<Botan::EC_PublicKey const*>(&key)) {
        parts.x = ec->_public_ec_point().x_bytes<bytes>();
        parts.y = ec->_public_ec_point().y_bytes<bytes>();
    } else if (type_of(material.family()) == key_type::akp) {
        parts.pub = key.raw_public_key_bits();
    } else {
        parts.x = key.raw_public_key_bits();
    }
    return parts;
}

std::optional<private_parts> private_parts_of(key const& material)
{
    if (!material.is_private())
        return std::nullopt;
    private_parts parts;
    auto const* key = botan_of(material).private_half();
    if (key == nullptr) {
        parts.k = secret_bytes(botan_of(material).secret());
        return parts;
    }
    if (auto const* rsa = dynamic_cast<Botan::RSA_PrivateKey const*>(key))
        return rsa_private_parts(*rsa);
    auto const raw = key->raw_private_key_bits();
    if (type_of(material.family()) == key_type::akp)
        parts.seed = secret_bytes(byte_view(raw));
    else  // Botan's Ed25519 private key is the seed followed by the public key
        parts.d = secret_bytes(byte_view(raw).first(row_of(material.family()).private_octets));
    return parts;
}

}  // namespace core::crypto

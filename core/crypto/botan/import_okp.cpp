#include "core/crypto/botan/botan_key.hpp"
#include "core/crypto/small_order_points.hpp"

#include <botan/bigint.h>
#include <botan/ed25519.h>
#include <botan/ed448.h>
#include <botan/numthry.h>
#include <botan/system_rng.h>
#include <botan/x25519.h>
#include <botan/x448.h>

#include <algorithm>

namespace core::crypto {
namespace {

std::unique_ptr<Botan::Public_Key> load_public(key_family curve, byte_view x)
{
    switch (curve) {
    case key_family::ed25519: return std::make_unique<Botan::Ed25519_PublicKey>(x);
    case key_family::ed448: return std::make_unique<Botan::Ed448_PublicKey>(x);
    case key_family::x25519: return std::make_unique<Botan::X25519_PublicKey>(x);
    case key_family::x448: return std::make_unique<Botan::X448_PublicKey>(x);
    default: return nullptr;
    }
}

std::unique_ptr<Botan::Private_Key> load_private(key_family curve, byte_view d)
{
    switch (curve) {
    case key_family::ed25519:
        return std::make_unique<Botan::Ed25519_PrivateKey>(Botan::Ed25519_PrivateKey::from_seed(d));
    case key_family::ed448: return std::make_unique<Botan::Ed448_PrivateKey>(d);
    case key_family::x25519: return std::make_unique<Botan::X25519_PrivateKey>(d);
    case key_family::x448: return std::make_unique<Botan::X448_PrivateKey>(d);
    default: return nullptr;
    }
}

/// Whether x^2 = (y^2 - 1) / (d * y^2 + 1) has a root: it has if (y^2 - 1) * (d * y^2 + 1) is a
/// square. RFC 8032 section 5.1.3
bool is_on_ed25519(byte_view x)
{
    using Botan::BigInt;
    auto const p = BigInt::power_of_2(255) - 19;
    BigInt const d("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    bytes y_octets(x.rbegin(), x.rend());
    y_octets.front() &= 0x7f;
    auto const y = BigInt::from_bytes(y_octets);
    auto const y2 = y * y % p;
    auto const product = (y2 + p - 1) * (d * y2 + 1) % p;
    return product.is_zero() || Botan::power_mod(product, (p - 1) >> 1, p) == 1;
}

/// Whether a public key is safe to use. A point of large order that also has a small part is
/// harmless.
bool is_sound(key_family curve, Botan::Public_Key const& key, byte_view x)
{
    switch (curve) {
    case key_family::ed25519:
        return is_canonical_ed25519(x) && !is_small_order_ed25519(x) && is_on_ed25519(x);
    case key_family::ed448:
        return !is_small_order_448(x) && key.check_key(Botan::system_rng(), false);
    case key_family::x25519: return !is_small_order_x25519(x);
    default: return !is_small_order_448(x);
    }
}

result<key_ptr> load(key_family curve, byte_view x, byte_view d)
{
    if (type_of(curve) != key_type::okp)
        return invalid_key("not an OKP curve");
    auto const& sizes = row_of(curve);
    if ((x.empty() && d.empty()) || (!x.empty() && x.size() != sizes.public_octets))
        return invalid_key("the public key is missing or does not have its curve's length");
    if (!d.empty()) {
        if (d.size() != sizes.private_octets)
            return invalid_key("the private key does not have its curve's length");
        auto key = load_private(curve, d);
        if (!x.empty() && !std::ranges::equal(x, key->raw_public_key_bits()))
            return invalid_key("the private key does not match the public key");
        auto const bits = key->key_length();
        return private_key(curve, std::move(key), bits);
    }
    auto key = load_public(curve, x);
    if (!is_sound(curve, *key, x))
        return invalid_key("the public key is not a point of the curve's large group");
    auto const bits = key->key_length();
    return public_key(curve, std::move(key), bits);
}

}  // namespace

result<key_ptr> import_okp(key_family curve, byte_view x, secret_bytes d, work_budget* budget)
{
    if (!charge_import(budget, curve, !d.empty()))
        return errc::work_exceeded;
    return or_invalid("the OKP key is not valid", [&] { return load(curve, x, d.view()); });
}

}  // namespace core::crypto

#include "core/crypto/botan_key.hpp"

#include <botan/ed25519.h>
#include <botan/ed448.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>
#include <botan/x25519.h>
#include <botan/x448.h>

#include <algorithm>
#include <array>

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

/// y is 0, 1 or -1 modulo p = 2^448 - 2^224 - 1, under any encoding: the points of order 1, 2, 4.
bool is_small_ed448(byte_view x)
{
    auto const y = x.first(56);  // the last octet is the sign
    auto const all = [&](std::size_t from, std::size_t to, std::uint8_t octet) {
        return std::ranges::all_of(y.subspan(from, to - from), [=](auto o) { return o == octet; });
    };
    if (all(1, 56, 0x00))
        return y[0] <= 1;
    // p - 1 and p: fe or ff, ff.., fe, ff..;  p + 1: 00.., ff..
    bool const upper = y[28] >= 0xfe && all(29, 56, 0xff);
    return upper
        && ((y[28] == 0xfe && y[0] >= 0xfe && all(1, 28, 0xff))
            || (y[28] == 0xff && all(0, 28, 0x00)));
}

/// X25519 and X448 multiply by the cofactor: the shared secret with any key is zero exactly for
/// points of small order, and then Botan throws. RFC 7748 section 6
bool is_small_x(key_family curve, byte_view x)
{
    static constexpr std::array<std::uint8_t, 56> any_scalar{9};
    auto const mine = load_private(curve, byte_view(any_scalar).first(x.size()));
    Botan::PK_Key_Agreement agreement(*mine, Botan::system_rng(), "Raw");
    try {
        agreement.derive_key(0, x);
        return false;
    } catch (Botan::Invalid_Argument const&) {
        return true;
    }
}

bool is_sound(key_family curve, Botan::Public_Key const& key, byte_view x)
{
    switch (curve) {
    case key_family::ed25519: return key.check_key(Botan::system_rng(), false);
    case key_family::ed448: return !is_small_ed448(x) && key.check_key(Botan::system_rng(), false);
    default: return !is_small_x(curve, x);
    }
}

result<key_ptr> load(key_family curve, byte_view x, byte_view d)
{
    if (crv_of(curve).empty() || !group_name(curve).empty())
        return invalid_key("not an OKP curve");
    auto const size = coordinate_size(curve);
    if ((x.empty() && d.empty()) || (!x.empty() && x.size() != size))
        return invalid_key("the public key is missing or not of its curve's length");
    if (!d.empty()) {
        if (d.size() != size)
            return invalid_key("the private key is not of its curve's length");
        auto key = load_private(curve, d);
        if (!x.empty() && !std::ranges::equal(x, key->raw_public_key_bits()))
            return invalid_key("the private key belongs to another public key");
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

std::size_t coordinate_size(key_family curve) noexcept
{
    switch (curve) {
    case key_family::p256:
    case key_family::secp256k1:
    case key_family::ed25519:
    case key_family::x25519: return 32;
    case key_family::p384: return 48;
    case key_family::p521: return 66;
    case key_family::ed448: return 57;
    case key_family::x448: return 56;
    default: return 0;
    }
}

result<key_ptr> import_okp(key_family curve, byte_view x, secret_bytes d)
{
    return or_invalid("the OKP key is not a key", [&] { return load(curve, x, d.view()); });
}

}  // namespace core::crypto

#include "core/crypto/botan/botan_key.hpp"

#include <botan/bigint.h>
#include <botan/ed25519.h>
#include <botan/ed448.h>
#include <botan/numthry.h>
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

/// Whether y (Ed448) or u (X448) is 0, 1 or -1 modulo p = 2^448 - 2^224 - 1, in any encoding: those
/// are the points of order 1, 2 and 4, also on the twist.
bool is_small_448(byte_view x)
{
    auto const y = x.first(56);  // the last octet of Ed448 is the sign
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

using encoding_25519 = std::array<std::uint8_t, 32>;

constexpr encoding_25519 little_endian(std::string_view hex)
{
    auto const digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    encoding_25519 octets{};
    for (std::size_t i = 0; i < octets.size(); ++i)
        octets[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return octets;
}

// p - 1, p and p + 1 for p = 2^255 - 19; the last two are other encodings of 0 and 1.
constexpr auto minus_one =
    little_endian("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
constexpr auto zero_again =
    little_endian("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
constexpr auto one_again =
    little_endian("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

/// y of the points of order 1, 2, 4 and 8, computed from RFC 8032 section 5.1.
constexpr std::array small_ed25519{
    encoding_25519{},
    encoding_25519{1},
    little_endian("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    little_endian("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    minus_one,
    zero_again,
    one_again,
};

/// u of the points of small order on the curve and on its twist: a key agreement with one of them
/// gives zero. RFC 7748 section 6.1
constexpr std::array small_x25519{
    encoding_25519{},
    encoding_25519{1},
    little_endian("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    little_endian("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    minus_one,
    zero_again,
    one_again,
};

template <std::size_t Size>
bool is_small_25519(std::array<encoding_25519, Size> const& points, byte_view x)
{
    encoding_25519 masked{};
    std::ranges::copy(x, masked.begin());
    masked.back() &= 0x7f;  // the sign of Ed25519; X25519 ignores it (RFC 7748 section 5)
    return std::ranges::find(points, masked) != points.end();
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

/// Whether a public key is safe to use. A point of small order is not: it lets forgeries verify or
/// makes shared secrets zero. A point of large order that also has a small part is harmless. The
/// check is cheap, because a set holds up to 128 keys.
bool is_sound(key_family curve, Botan::Public_Key const& key, byte_view x)
{
    switch (curve) {
    case key_family::ed25519: return !is_small_25519(small_ed25519, x) && is_on_ed25519(x);
    case key_family::ed448: return !is_small_448(x) && key.check_key(Botan::system_rng(), false);
    case key_family::x25519: return !is_small_25519(small_x25519, x);
    default: return !is_small_448(x);
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

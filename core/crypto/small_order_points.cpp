#include "core/crypto/small_order_points.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace core::crypto {
namespace {

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

bool is_among(std::span<encoding_25519 const> points, byte_view x)
{
    encoding_25519 masked{};
    std::ranges::copy(x, masked.begin());
    masked.back() &= 0x7f;  // the sign of Ed25519; X25519 ignores it (RFC 7748 section 5)
    return std::ranges::find(points, masked) != points.end();
}

}  // namespace

bool is_small_order_ed25519(byte_view y) noexcept
{
    return is_among(small_ed25519, y);
}

bool is_small_order_x25519(byte_view u) noexcept
{
    return is_among(small_x25519, u);
}

bool is_canonical_ed25519(byte_view y) noexcept
{
    // p = 2^255 - 19 is ed, 30 times ff, 7f
    return y[0] < 0xed || (y[31] & 0x7f) != 0x7f
        || !std::ranges::all_of(y.subspan(1, 30), [](auto octet) { return octet == 0xff; });
}

/// Whether y (Ed448) or u (X448) is 0, 1 or -1 modulo p = 2^448 - 2^224 - 1, in any encoding: those
/// are the points of order 1, 2 and 4, also on the twist.
bool is_small_order_448(byte_view number) noexcept
{
    auto const y = number.first(56);  // the last octet of Ed448 is the sign
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

}  // namespace core::crypto

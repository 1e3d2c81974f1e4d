#include "core/crypto/key.hpp"
#include "core/crypto/small_order_points.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;
using namespace core::crypto;
using samples::from_hex;

namespace {

/// A number of 32 octets in little endian whose 30 middle octets are equal.
bytes little_endian(std::uint8_t first, std::uint8_t middle, std::uint8_t last)
{
    bytes made(32, middle);
    made.front() = first;
    made.back() = last;
    return made;
}

}  // namespace

TEST_SUITE("core/crypto/small_order_points")
{
    TEST_CASE("is_canonical_ed25519: y is less than p = 2^255 - 19, whatever the sign")
    {
        for (auto const is_negative : {false, true}) {
            std::uint8_t const sign = is_negative ? 0x80 : 0;
            auto const last = static_cast<std::uint8_t>(0x7f | sign);
            CHECK(is_canonical_ed25519(little_endian(0xec, 0xff, last)));
            CHECK(!is_canonical_ed25519(little_endian(0xed, 0xff, last)));
            CHECK(!is_canonical_ed25519(little_endian(0xff, 0xff, last)));
            CHECK(is_canonical_ed25519(
                little_endian(0xff, 0xff, static_cast<std::uint8_t>(0x7e | sign))
            ));
            CHECK(is_canonical_ed25519(little_endian(0xff, 0xfe, last)));
            CHECK(is_canonical_ed25519(little_endian(0x00, 0x00, sign)));
        }
    }

    TEST_CASE("is_small_order_ed25519: finds the points of order 1, 2, 4 and 8 with either sign")
    {
        for (auto const* const y :
             {"0000000000000000000000000000000000000000000000000000000000000000",
              "0100000000000000000000000000000000000000000000000000000000000000",
              "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
            auto octets = from_hex(y);
            CHECK(is_small_order_ed25519(octets));
            octets.back() = static_cast<std::uint8_t>(octets.back() | 0x80);
            CHECK(is_small_order_ed25519(octets));
        }
        CHECK(!is_small_order_ed25519(public_parts_of(*samples::key_of(key_family::ed25519)).x));
    }

    TEST_CASE(
        "import_okp: an Ed25519 key whose y is p or more is key_invalid, RFC 8032 section 5.1.3"
    )
    {
        // p + 3, p + 4, ...: some of them are on the curve, and another library would read them as
        // 3, 4, ...
        for (unsigned above = 0; above < 19; ++above) {
            auto const x = little_endian(static_cast<std::uint8_t>(0xed + above), 0xff, 0x7f);
            CHECK(import_okp(key_family::ed25519, x, {}).error() == errc::key_invalid);
        }
    }
}

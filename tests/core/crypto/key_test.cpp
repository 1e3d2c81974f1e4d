#include "core/crypto/key.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using namespace core::crypto;
using samples::copy_of;
using samples::from_hex;
using samples::key_of;

namespace {

rsa_parts rsa_sample()
{
    auto pub = public_parts_of(*key_of(key_family::rsa));
    auto own = private_parts_of(*key_of(key_family::rsa)).value();
    return {pub.n,          pub.e,           copy_of(own.d),  copy_of(own.p),
            copy_of(own.q), copy_of(own.dp), copy_of(own.dq), copy_of(own.qi)};
}

void flip_last(secret_bytes& secret)
{
    bytes octets(secret.view().begin(), secret.view().end());
    octets.back() = static_cast<std::uint8_t>(octets.back() ^ 0x02);
    secret = secret_bytes(std::move(octets));
}

result<key_ptr> import_again(key_family family, public_parts const& pub, private_parts own)
{
    switch (type_of(family)) {
    case key_type::oct: return import_secret(std::move(own.k));
    case key_type::rsa:
        return import_rsa(
            {pub.n, pub.e, std::move(own.d), std::move(own.p), std::move(own.q), std::move(own.dp),
             std::move(own.dq), std::move(own.qi)}
        );
    case key_type::ec: return import_ec(family, pub.x, pub.y, std::move(own.d));
    case key_type::okp: return import_okp(family, pub.x, std::move(own.d));
    case key_type::akp: return import_akp(family, pub.pub, std::move(own.seed));
    }
    return errc::internal;
}

}  // namespace

TEST_SUITE("core/crypto/key")
{
    TEST_CASE("import: the parts of a generated key of every family give the same key again")
    {
        for (auto const family : samples::families) {
            CAPTURE(kty_of(family));
            CAPTURE(crv_of(family));
            auto const made = key_of(family);
            CHECK(made->family() == family);
            CHECK(made->is_private());
            auto const pub = public_parts_of(*made);
            auto const again = import_again(family, pub, private_parts_of(*made).value());
            REQUIRE(again.has_value());
            CHECK((*again)->is_private());
            CHECK((*again)->bits() == made->bits());
            auto const parts = public_parts_of(**again);
            CHECK(parts.n == pub.n);
            CHECK(parts.e == pub.e);
            CHECK(parts.x == pub.x);
            CHECK(parts.y == pub.y);
            CHECK(parts.pub == pub.pub);
            if (family == key_family::secret)
                continue;
            auto const half = import_again(family, pub, {});
            REQUIRE(half.has_value());
            CHECK(!(*half)->is_private());
            CHECK(!private_parts_of(**half).has_value());
        }
    }

    TEST_CASE("import: private parts with the public parts of another key are key_invalid")
    {
        for (auto const family : samples::families) {
            if (family == key_family::secret)
                continue;
            CAPTURE(kty_of(family));
            CAPTURE(crv_of(family));
            auto const other = generate(family, 0).value();
            auto const mixed = import_again(
                family, public_parts_of(*other), private_parts_of(*key_of(family)).value()
            );
            REQUIRE(!mixed.has_value());
            CHECK(mixed.error() == errc::key_invalid);
            CHECK(!mixed.error().detail.empty());
        }
    }

    TEST_CASE("import: public parts one octet short or long, or absent, are key_invalid")
    {
        for (auto const family : samples::families) {
            if (family == key_family::secret || family == key_family::rsa)
                continue;
            CAPTURE(kty_of(family));
            CAPTURE(crv_of(family));
            auto change = [&](auto edit) {
                auto parts = public_parts_of(*key_of(family));
                edit(parts.x.empty() ? parts.pub : parts.x);
                return import_again(family, parts, {});
            };
            CHECK(change([](bytes& b) { b.push_back(0); }).error() == errc::key_invalid);
            CHECK(change([](bytes& b) { b.insert(b.begin(), 0); }).error() == errc::key_invalid);
            CHECK(change([](bytes& b) { b.pop_back(); }).error() == errc::key_invalid);
            CHECK(change([](bytes& b) { b.clear(); }).error() == errc::key_invalid);
        }
    }

    TEST_CASE("import_rsa: n, e and d are enough to recover the primes")
    {
        auto const whole = rsa_sample();
        auto const found = import_rsa({whole.n, whole.e, copy_of(whole.d), {}, {}, {}, {}, {}});
        REQUIRE(found.has_value());
        auto const parts = private_parts_of(**found).value();
        bool const same = std::ranges::equal(parts.p.view(), whole.p.view())
            && std::ranges::equal(parts.q.view(), whole.q.view());
        bool const swapped = std::ranges::equal(parts.p.view(), whole.q.view())
            && std::ranges::equal(parts.q.view(), whole.p.view());
        CHECK((same || swapped));
    }

    TEST_CASE("import_rsa: with the primes, dp, dq and qi are computed")
    {
        auto const whole = rsa_sample();
        auto const found = import_rsa(
            {whole.n, whole.e, copy_of(whole.d), copy_of(whole.p), copy_of(whole.q), {}, {}, {}}
        );
        REQUIRE(found.has_value());
        auto const parts = private_parts_of(**found).value();
        CHECK(std::ranges::equal(parts.dp.view(), whole.dp.view()));
        CHECK(std::ranges::equal(parts.dq.view(), whole.dq.view()));
        CHECK(std::ranges::equal(parts.qi.view(), whole.qi.view()));
    }

    TEST_CASE("import_rsa: one wrong private number is key_invalid")
    {
        for (auto const member :
             {&rsa_parts::d, &rsa_parts::p, &rsa_parts::q, &rsa_parts::dp, &rsa_parts::dq,
              &rsa_parts::qi}) {
            auto wrong = rsa_sample();
            flip_last(wrong.*member);
            CHECK(import_rsa(std::move(wrong)).error() == errc::key_invalid);
            auto partial = rsa_sample();
            partial.*member = {};
            CHECK(import_rsa(std::move(partial)).error() == errc::key_invalid);
        }
        auto wrong = rsa_sample();
        flip_last(wrong.d);
        CHECK(
            import_rsa({wrong.n, wrong.e, std::move(wrong.d), {}, {}, {}, {}, {}}).error()
            == errc::key_invalid
        );
    }

    TEST_CASE("import_rsa: exponents that are even, 1 or of more than 32 bits are key_invalid")
    {
        auto const n = rsa_sample().n;
        auto with = [&](bytes e) { return import_rsa({n, std::move(e), {}, {}, {}, {}, {}, {}}); };
        CHECK(with({3}).has_value());
        CHECK(with({1, 0, 1}).has_value());
        CHECK(with({0xff, 0xff, 0xff, 0xff}).has_value());
        for (bytes const& e :
             {bytes{}, bytes{0}, bytes{1}, bytes{2}, bytes{1, 0, 0}, bytes{1, 0, 0, 0, 1},
              bytes{0, 1, 0, 1}})
            CHECK(with(e).error() == errc::key_invalid);
    }

    TEST_CASE("import_rsa: moduli outside 1024 to 8192 bits, even or with leading zeros are "
              "key_invalid")
    {
        auto with = [](bytes n) {
            return import_rsa({std::move(n), {1, 0, 1}, {}, {}, {}, {}, {}, {}});
        };
        auto odd = [](std::size_t octets) {
            bytes n(octets, 0xa5);
            return n;
        };
        auto const with_d =
            import_rsa({odd(768), {1, 0, 1}, secret_bytes(bytes{5}), {}, {}, {}, {}, {}});
        CHECK(with_d.error().detail.find("needs its primes") != std::string::npos);
        CHECK(with(odd(128)).has_value());
        CHECK(with(odd(1024)).has_value());
        CHECK(with(odd(127)).error() == errc::key_invalid);
        CHECK(with(odd(1025)).error() == errc::key_invalid);
        auto even = odd(256);
        even.back() = 0xa4;
        CHECK(with(even).error() == errc::key_invalid);
        auto padded = odd(256);
        padded.insert(padded.begin(), 0);
        CHECK(with(padded).error() == errc::key_invalid);
    }

    TEST_CASE("import_ec: a point that is not on the curve, or is of another curve, is key_invalid")
    {
        auto parts = public_parts_of(*key_of(key_family::p256));
        CHECK(import_ec(key_family::secp256k1, parts.x, parts.y, {}).error() == errc::key_invalid);
        auto const good_y = parts.y;
        parts.y.back() = static_cast<std::uint8_t>(parts.y.back() ^ 0x01);
        CHECK(import_ec(key_family::p256, parts.x, parts.y, {}).error() == errc::key_invalid);
        bytes const zero(32, 0);
        CHECK(import_ec(key_family::p256, zero, zero, {}).error() == errc::key_invalid);
        CHECK(import_ec(key_family::p256, parts.x, {}, {}).error() == errc::key_invalid);
        CHECK(import_ec(key_family::rsa, parts.x, good_y, {}).error() == errc::key_invalid);
    }

    TEST_CASE("import_ec: private numbers 0 and n are key_invalid, 1 and n-1 are keys")
    {
        auto const n = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        auto with = [](bytes d) {
            return import_ec(key_family::p256, {}, {}, secret_bytes(std::move(d)));
        };
        auto below = n;
        below.back() = 0x50;
        bytes one(32, 0);
        one.back() = 1;
        CHECK(with(bytes(32, 0)).error() == errc::key_invalid);
        CHECK(with(n).error() == errc::key_invalid);
        CHECK(with(bytes(32, 0xff)).error() == errc::key_invalid);
        CHECK(with(one).has_value());
        CHECK(with(below).has_value());
        CHECK(with(bytes{1}).error() == errc::key_invalid);
    }

    TEST_CASE("import_okp: public keys of small order are key_invalid")
    {
        auto refused = [](key_family curve, std::string_view hex) {
            return !import_okp(curve, from_hex(hex), {}).has_value();
        };
        for (auto const* hex : {
                 "0000000000000000000000000000000000000000000000000000000000000000",
                 "0100000000000000000000000000000000000000000000000000000000000000",
                 "0100000000000000000000000000000000000000000000000000000000000080",
                 "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                 "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                 "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
             })
            CHECK(refused(key_family::ed25519, hex));
        for (auto const* hex : {
                 "0000000000000000000000000000000000000000000000000000000000000000",
                 "0100000000000000000000000000000000000000000000000000000000000000",
                 "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                 "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                 "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                 "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                 "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             })
            CHECK(refused(key_family::x25519, hex));

        std::string const ff27(54, 'f'), ff28(56, 'f'), zero55(110, '0');
        for (auto const& y :
             {"00" + zero55, "01" + zero55, "fe" + ff27 + "fe" + ff27, "ff" + ff27 + "fe" + ff27,
              std::string(56, '0') + ff28}) {
            CHECK(refused(key_family::ed448, y + "00"));
            CHECK(refused(key_family::ed448, y + "80"));
        }
        for (auto const& u :
             {"00" + zero55, "01" + zero55, "fe" + ff27 + "fe" + ff27, "ff" + ff27 + "fe" + ff27,
              std::string(56, '0') + ff28})
            CHECK(refused(key_family::x448, u));
    }

    TEST_CASE("import_okp: RFC 8037 A.2's private key has A.1's public key")
    {
        auto const d = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        auto const x = from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        auto const key = import_okp(key_family::ed25519, {}, secret_bytes(byte_view(d))).value();
        CHECK(public_parts_of(*key).x == x);
    }

    TEST_CASE("import_secret: empty and over 4096 octets are key_invalid")
    {
        CHECK(import_secret({}).error() == errc::key_invalid);
        CHECK(import_secret(secret_bytes(bytes(1, 7))).has_value());
        CHECK(import_secret(secret_bytes(bytes(4096, 7))).has_value());
        CHECK(import_secret(secret_bytes(bytes(4097, 7))).error() == errc::key_invalid);
    }

    TEST_CASE("generate: sizes out of range are key_invalid")
    {
        for (std::size_t const bits : {1024U, 2047U, 2049U, 8200U})
            CHECK(generate(key_family::rsa, bits).error() == errc::key_invalid);
        for (std::size_t const bits : {7U, 33U, 40000U})
            CHECK(generate(key_family::secret, bits).error() == errc::key_invalid);
        CHECK(generate(key_family::secret, 0).value()->bits() == 256);
        CHECK(key_of(key_family::rsa)->bits() == 2048);
        CHECK(key_of(key_family::p521)->bits() == 521);
    }

    TEST_CASE("ec_point: a compressed point and its full form are the same, garbage is key_invalid")
    {
        auto const parts = public_parts_of(*key_of(key_family::p384));
        bytes packed{static_cast<std::uint8_t>(2 + (parts.y.back() & 1))};
        packed.insert(packed.end(), parts.x.begin(), parts.x.end());
        bytes both = parts.x;
        both.insert(both.end(), parts.y.begin(), parts.y.end());
        CHECK(ec_point(key_family::p384, packed).value() == both);
        packed[0] = 0x05;
        CHECK(ec_point(key_family::p384, packed).error() == errc::key_invalid);
        CHECK(ec_point(key_family::p384, {}).error() == errc::key_invalid);
        CHECK(ec_point(key_family::p384, bytes{0}).error() == errc::key_invalid);
    }
}

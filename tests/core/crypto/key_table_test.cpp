#include "core/crypto/key_table.hpp"
#include "tests/core/crypto/samples.hpp"

#include <botan/ec_apoint.h>
#include <botan/ec_group.h>
#include <botan/ec_scalar.h>
#include <botan/numthry.h>
#include <botan/rng.h>
#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>

using namespace core;
using namespace core::crypto;
using Botan::BigInt;
using Botan::EC_AffinePoint;
using samples::key_of;

namespace {

using octets32 = std::array<std::uint8_t, 32>;

/// P-256 with plain numbers, against which the tables are tested.
class plain_curve {
public:
    BigInt const& n() const { return group_.get_order(); }
    BigInt const& p() const { return group_.get_p(); }
    BigInt inverse(BigInt const& of) const { return Botan::inverse_mod(of % n(), n()); }
    BigInt negative(BigInt const& of) const { return (n() - of % n()) % n(); }
    EC_AffinePoint generator() const { return EC_AffinePoint::generator(group_); }

    /// a * P + b * Q; nullopt at infinity.
    std::optional<EC_AffinePoint>
    sum(BigInt const& a, EC_AffinePoint const& P, BigInt const& b, EC_AffinePoint const& Q)
    {
        if (a.is_zero())  // Botan has no scalar for it
            return b.is_zero() ? std::nullopt : std::optional(times(b, Q));
        if (b.is_zero())
            return times(a, P);
        return EC_AffinePoint::mul_px_qy(P, scalar(a), Q, scalar(b), none_);
    }
    EC_AffinePoint times(BigInt const& a, EC_AffinePoint const& P)
    {
        return P.mul(scalar(a), none_);
    }
    static BigInt x_of(EC_AffinePoint const& point)
    {
        octets32 x;
        point.serialize_x_to(x);
        return BigInt::from_bytes(x);
    }
    /// A point with this x, if there is one.
    std::optional<EC_AffinePoint> at(BigInt const& x) const
    {
        std::array<std::uint8_t, 33> encoded{0x02};
        x.serialize_to(std::span(encoded).subspan<1>());
        return EC_AffinePoint::deserialize(group_, encoded);
    }

    /// FIPS 186-5 section 6.4.2, word for word.
    bool verifies(EC_AffinePoint const& Q, BigInt const& digest, BigInt const& r, BigInt const& s)
    {
        if (r < 1 || r >= n() || s < 1 || s >= n())
            return false;
        auto const w = inverse(s);
        auto const R = sum(digest * w % n(), generator(), r * w % n(), Q);
        return R && x_of(*R) % n() == r;
    }

private:
    Botan::EC_Scalar scalar(BigInt const& of) const
    {
        return Botan::EC_Scalar::from_bigint(group_, of % n());
    }

    Botan::EC_Group group_ = Botan::EC_Group::from_name("secp256r1");
    Botan::Null_RNG none_;
};

/// A public key with its table, and every verdict compared with the plain one.
class subject {
public:
    subject(plain_curve& curve, EC_AffinePoint const& Q) : curve_(curve), Q_(Q)
    {
        auto const xy = Q.xy_bytes<std::vector<std::uint8_t>>();
        auto const x = byte_view(xy).first(32), y = byte_view(xy).last(32);
        auto const key = import_ec(key_family::p256, x, y, {}).value();
        by_ = make_table_verifier(make_key_table(*key));
    }
    bool is_good(BigInt const& digest, BigInt const& r, BigInt const& s)
    {
        octets32 hashed;
        std::array<std::uint8_t, 64> signature;
        digest.serialize_to(hashed);
        r.serialize_to(std::span(signature).first<32>());
        s.serialize_to(std::span(signature).last<32>());
        return by_->verify_digest(hashed, signature);
    }
    void compare(std::string const& kind, BigInt const& digest, BigInt const& r, BigInt const& s)
    {
        CAPTURE(kind);
        if (r.bytes() > 32 || s.bytes() > 32)  // has no encoding
            return;
        bool const expected = curve_.verifies(Q_, digest, r, s);
        ++(expected ? accepted : refused);
        CHECK(is_good(digest, r, s) == expected);
    }

    unsigned accepted = 0, refused = 0;

private:
    plain_curve& curve_;
    EC_AffinePoint Q_;
    std::unique_ptr<table_verifier> by_;
};

BigInt any_number(std::mt19937_64& random)
{
    octets32 octets;
    for (auto& one : octets)
        one = static_cast<std::uint8_t>(random());
    return BigInt::from_bytes(octets);
}

/// Every kind of case once, with random numbers.
///
/// d        the private number.
void compare_all(subject& with, plain_curve& curve, BigInt const& d, std::mt19937_64& random)
{
    auto const& n = curve.n();
    auto const G = curve.generator();
    auto const highest = BigInt::power_of_2(256) - 1;
    auto const k = any_number(random) % (n - 1) + 1, s = any_number(random) % (n - 1) + 1;
    auto const r = plain_curve::x_of(curve.times(k, G)) % n;
    auto const signed_by = [&](BigInt const& h) { return curve.inverse(k) * (h + r * d) % n; };
    auto const compare_with_neighbours = [&](char const* kind, BigInt const& h,
                                             BigInt const& good) {
        with.compare(kind, h, r, good);
        with.compare("n - s", h, r, n - good);
        with.compare("s + n", h, r, good + n);
        with.compare("r + n", h, r + n, good);
        with.compare("another s", h, r, (good + 1) % n);
        with.compare("another r", h, (r + 1) % n, good);
        with.compare("another digest", (h + 1) % highest, r, good);
        with.compare("s and r swapped", h, good, r);
    };
    auto const h = any_number(random);
    compare_with_neighbours("good", h, signed_by(h));
    for (auto const& special : {BigInt(0), BigInt(1), n - 1, n, n + 1, highest})
        compare_with_neighbours("special digest", special, signed_by(special));
    with.compare("sum at infinity", curve.negative(r * d), r, s);
    with.compare("sum at infinity, other s", curve.negative(r * d), r, n - s);
    with.compare("doubling, good", r * d % n, r, 2 * r * d * curve.inverse(k) % n);
    with.compare("doubling, bad", r * d % n, r, s);
    with.compare("u1 = 1", h, r, h % n);
    with.compare("u2 = 1", h, r, r);
    for (auto const& bad : {BigInt(0), n, n + 1, highest, curve.p() % highest}) {
        with.compare("bad r", h, bad, s);
        with.compare("bad s", h, r, bad);
        with.compare("both bad", h, bad, bad);
    }
    with.compare("smallest", h, BigInt(1), BigInt(1));
    with.compare("largest", h, n - 1, n - 1);
}

}  // namespace

TEST_SUITE("core/crypto/key_table")
{
    TEST_CASE("table_verifier: thousands of edge cases have the verdict of plain arithmetic")
    {
        if (!has_key_tables())
            return;
        plain_curve curve;
        std::mt19937_64 random(20'260'701);
        unsigned accepted = 0, refused = 0;
        auto const any = any_number(random) % (curve.n() - 1) + 1;
        // Q = G and Q = -G among them
        for (auto const& d : {BigInt(1), curve.n() - 1, BigInt(2), curve.n() - 2, any}) {
            subject with(curve, curve.times(d, curve.generator()));
            for (int i = 0; i < 8; ++i)
                compare_all(with, curve, d, random);
            accepted += with.accepted;
            refused += with.refused;
        }
        CHECK(accepted > 500);
        CHECK(refused > 1'900);
    }

    TEST_CASE("table_verifier: an x between n and p is compared modulo n")
    {
        if (!has_key_tables())
            return;
        plain_curve curve;
        std::mt19937_64 random(1);
        unsigned found = 0;
        for (BigInt t(1); found < 4; ++t) {
            auto const R = curve.at(curve.n() + t);
            if (!R)
                continue;
            ++found;
            // the key for which a chosen signature is good: Q = (s * R - h * G) / r
            auto const h = any_number(random) % curve.n(), s = any_number(random) % curve.n();
            auto const by_r = curve.inverse(t);
            auto const Q =
                curve.sum(s * by_r, *R, curve.negative(h * by_r), curve.generator()).value();
            subject with(curve, Q);
            CHECK(with.is_good(h, t, s));
            with.compare("wrapped", h, t, s);
            with.compare("not wrapped", h, curve.n() + t, s);
            with.compare("another", h, t + 1, s);
        }
    }

    TEST_CASE("table_verifier: a small r whose sum has that x, and one whose r + n is no x")
    {
        if (!has_key_tables())
            return;
        plain_curve curve;
        std::mt19937_64 random(2);
        auto const gap = curve.p() - curve.n();
        for (auto const& beyond : {BigInt(1), gap - 3, gap - 2, gap - 1, gap, gap + 1, gap + 2}) {
            auto const R = curve.at(beyond);
            if (!R)
                continue;
            auto const h = any_number(random) % curve.n(), s = any_number(random) % curve.n();
            auto const by_r = curve.inverse(beyond);
            auto const Q =
                curve.sum(s * by_r, *R, curve.negative(h * by_r), curve.generator()).value();
            subject with(curve, Q);
            CHECK(with.is_good(h, beyond, s));
            with.compare("small r", h, beyond, s);
        }
    }

    TEST_CASE("table_verifier: an x that is r + n only modulo p is not r")
    {
        if (!has_key_tables())
            return;
        plain_curve curve;
        std::mt19937_64 random(3);
        unsigned found = 0;
        for (BigInt x(1); found < 3; ++x) {
            auto const R = curve.at(x);
            if (!R)
                continue;
            ++found;
            auto const r = x + (curve.p() - curve.n());  // r + n == x + p
            auto const h = any_number(random) % curve.n(), s = any_number(random) % curve.n();
            auto const by_r = curve.inverse(r);
            auto const Q =
                curve.sum(s * by_r, *R, curve.negative(h * by_r), curve.generator()).value();
            subject with(curve, Q);
            CHECK(!with.is_good(h, r, s));
            with.compare("r + n == x + p", h, r, s);
        }
    }

    TEST_CASE("table_verifier: messages are hashed, and other lengths of a signature are refused")
    {
        if (!has_key_tables())
            return;
        auto const key = key_of(key_family::p256);
        auto const& row = *find_signature_algorithm("ES256");
        auto const signing = make_signer(key, row).value();
        auto const by = make_table_verifier(make_key_table(*key));
        for (auto const* text : {"", "a", "the message"}) {
            auto const message = as_bytes(std::string_view(text));
            auto const good = signing->sign(message).value();
            CHECK(by->verify(message, good));
            CHECK(!by->verify(as_bytes("another"), good));
            CHECK(!by->verify(message, byte_view(good).first(63)));
            CHECK(!by->verify(message, {}));
            auto longer = good;
            longer.push_back(0);
            CHECK(!by->verify(message, longer));
            CHECK(by->verify(message, good));
        }
    }

    TEST_CASE("make_key_table: of a private key as of its public half, and of no other kind")
    {
        auto const& es256 = *find_signature_algorithm("ES256");
        auto const& es384 = *find_signature_algorithm("ES384");
        auto const key = key_of(key_family::p256);
        for (auto const family : samples::families) {
            auto const other = key_of(family);
            bool const may = may_have_table(*other, es256);
            CHECK(may == (has_key_tables() && family == key_family::p256));
            CHECK((make_key_table(*other) != nullptr) == may);
            CHECK(!may_have_table(*other, es384));
        }
        if (!has_key_tables())
            return;
        auto const of_public = make_table_verifier(make_key_table(*public_half_of(*key)));
        auto const good = make_signer(key, es256).value()->sign(as_bytes("m")).value();
        CHECK(of_public->verify(as_bytes("m"), good));
        CHECK(make_key_table(*key)->octets() > 150'000);
    }
}

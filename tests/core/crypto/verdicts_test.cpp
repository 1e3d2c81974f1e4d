// What the libraries might judge differently: each row has one verdict, by all of them.
#include "tests/core/crypto/samples.hpp"
#include "tests/support/every_provider.hpp"
#include "tests/support/raw_rsa.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using namespace core::crypto;
using every_provider::panel;
using samples::from_hex;
using samples::key_of;

namespace {

byte_view const message = as_bytes("a message");

signature_algorithm const& row_of(std::string_view name)
{
    return *find_signature_algorithm(name);
}

bytes joined(byte_view a, byte_view b)
{
    bytes both(a.begin(), a.end());
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

/// a - b, or a + b, of numbers of 32 octets; nullopt when it does not fit.
std::optional<bytes> combined(byte_view a, byte_view b, bool subtracts)
{
    bytes out(a.size());
    int carry = 0;
    for (auto i = a.size(); i-- > 0;) {
        int const sum = subtracts ? a[i] - b[i] - carry : a[i] + b[i] + carry;
        out[i] = static_cast<std::uint8_t>(sum & 0xff);
        carry = subtracts ? (sum < 0 ? 1 : 0) : sum >> 8;
    }
    return carry == 0 ? std::optional(out) : std::nullopt;
}

struct curve {
    char const* algorithm;
    key_family family;
    char const *order, *prime;
};
constexpr std::array curves{
    curve{
        "ES256", key_family::p256,
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"},
    curve{
        "ES256K", key_family::secp256k1,
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"},
};

/// EdDSA signatures that are right by the group's equation, or nearly: made with the private
/// number. The verdict is that of RFC 8032 without the cofactor, less what any library refuses by
/// design.
struct ed25519_edge {
    char const* what;
    bool is_valid;
    char const *key, *signature, *message;
};
constexpr std::array ed25519_edges{
    ed25519_edge{
        "good", true, "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e21"
        "d17ac7e6c6f0b10c15ba52905622e23a1741ded26c5268ab5017bd69bd9e0904",
        "65646765"},
    ed25519_edge{
        "S + L", false, "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e21"
        "be4ebd43e153c464eb564a33351cc14f1741ded26c5268ab5017bd69bd9e0914",
        "65646765"},
    ed25519_edge{
        "R is the identity", false,
        "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "0100000000000000000000000000000000000000000000000000000000000000"
        "56422eab81cd78a8515584eb05abaf240201bb98a62f362f7e4dd91434913e0b",
        "65646765"},
    ed25519_edge{
        "R has order 8", false, "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
        "776a6ea381782d7734cf28fc746d6ce444f01cf044dfb7b3fedb566d0db68e00",
        "65646765"},
    ed25519_edge{
        "R has order 4", false, "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "0000000000000000000000000000000000000000000000000000000000000000"
        "53459f2a97a25a1cc486eea102405ca87421d0738b432adeba34035469d6ce0e",
        "65646765"},
    ed25519_edge{
        "R has order 2", false, "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
        "d18a3788ee345ce55da146b03cc6a4dc58b30a408fc4ea0e9ce1673a23337f09",
        "65646765"},
    ed25519_edge{
        "the key has a small part, which h leaves", false,
        "e7b40e257c2b24e81e37cf46babdfcfc3586bda26789d4d9354484225c601031",
        "f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e21"
        "f3a3591a2a9eeb818a981e399fab4ec4eb2d77111d2dd59ed770cc9d175aa009",
        "6d697865642030"},
    ed25519_edge{
        "the key has a small part, which h cancels", true,
        "e7b40e257c2b24e81e37cf46babdfcfc3586bda26789d4d9354484225c601031",
        "f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e21"
        "476df230d5352a60fbbb2c3e8bb26d60d17773306ba474cf2c3f75e29ccac600",
        "6d697865642031"},
    ed25519_edge{
        "R has a small part", false,
        "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "2561dfa96ca90f2865187cd777a131ec4540a8137887f87b6b4dbbed1fbe011e"
        "c4342f329cdc8e7f0b60ec816aad86f1e7996d34565da7bc89ae1f4fe209450d",
        "65646765"},
    ed25519_edge{
        "R is another encoding of the identity", false,
        "f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
        "885cee1e5973a971b99609df6f3e54d13d9529c55a6394769c368b146318c102",
        "65646765"},
};

}  // namespace

TEST_SUITE("core/crypto/verdicts")
{
    TEST_CASE("verifier: the numbers of an ECDSA signature are from 1 to n - 1, and s may be high")
    {
        for (auto const& [algorithm, family, order, prime] : curves) {
            CAPTURE(algorithm);
            panel all(key_of(family), row_of(algorithm));
            auto const good =
                make_signer(key_of(family), row_of(algorithm)).value()->sign(message).value();
            auto const r = byte_view(good).first(32), s = byte_view(good).last(32);
            auto const n = from_hex(order), p = from_hex(prime);
            bytes const zero(32), ones(32, 0xff);
            auto one = zero;
            one.back() = 1;
            CHECK(all.verdict(message, good) == true);
            CHECK(all.verdict(message, joined(r, *combined(n, s, true))) == true);  // the other s
            for (auto const& bad :
                 {zero, one, n, *combined(n, one, true), *combined(n, one, false), p, ones}) {
                CHECK(all.verdict(message, joined(bad, s)) == false);
                CHECK(all.verdict(message, joined(r, bad)) == false);
                CHECK(all.verdict(message, joined(bad, bad)) == false);
            }
            if (auto const wrapped = combined(r, n, false))
                CHECK(all.verdict(message, joined(*wrapped, s)) == false);
            if (auto const wrapped = combined(s, n, false))
                CHECK(all.verdict(message, joined(r, *wrapped)) == false);
            CHECK(all.verdict(message, joined(s, r)) == false);
            CHECK(all.verdict(message, good) == true);
        }
    }

    TEST_CASE("verifier: Ed25519 as RFC 8032 without the cofactor, and no R of small order")
    {
        for (auto const& edge : ed25519_edges) {
            CAPTURE(edge.what);
            auto const key = import_okp(key_family::ed25519, from_hex(edge.key), {}).value();
            for (auto const* algorithm : {"EdDSA", "Ed25519"}) {
                panel all(key, row_of(algorithm));
                CHECK(
                    all.verdict(from_hex(edge.message), from_hex(edge.signature)) == edge.is_valid
                );
            }
        }
    }

    TEST_CASE("verifier: RSA PKCS #1 has one encoding, with all of its padding and nothing after it"
    )
    {
        auto const& key = *key_of(key_family::rsa);
        auto const size = key.bits() / 8;
        auto const info = raw_rsa::digest_info(hash::sha256, digest(hash::sha256, message));
        auto without_null = info;  // the parameters left out, which some readers accept
        without_null.erase(without_null.begin() + 15, without_null.begin() + 17);
        without_null[1] = static_cast<std::uint8_t>(without_null[1] - 2);
        without_null[3] = static_cast<std::uint8_t>(without_null[3] - 2);
        auto const with_rest = joined(info, bytes(3, 0x5a));
        auto const other = raw_rsa::digest_info(hash::sha384, digest(hash::sha384, message));
        auto wrong_type = raw_rsa::pkcs1_encoded(size, info);
        wrong_type[1] = 0x02;
        auto hole = raw_rsa::pkcs1_encoded(size, info);
        hole[20] = 0xfe;

        panel all(key_of(key_family::rsa), row_of("RS256"));
        auto const verdict = [&](bytes const& encoded) {
            return all.verdict(message, raw_rsa::private_power(key, encoded));
        };
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, info)) == true);
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, without_null)) == false);
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, with_rest)) == false);
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, info, 8)) == false);
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, digest(hash::sha256, message))) == false);
        CHECK(verdict(raw_rsa::pkcs1_encoded(size, other)) == false);
        CHECK(verdict(wrong_type) == false);
        CHECK(verdict(hole) == false);
        CHECK(verdict(bytes(size)) == false);
    }

    TEST_CASE("verifier: RSA-PSS has a salt of the hash's size, and its own hash inside and outside"
    )
    {
        auto const& key = *key_of(key_family::rsa);
        auto const wrong_hash = [](hash right) {
            return right == hash::sha256 ? hash::sha384 : hash::sha256;
        };
        for (auto const* algorithm : {"PS256", "PS384", "PS512"}) {
            CAPTURE(algorithm);
            auto const& row = row_of(algorithm);
            panel all(key_of(key_family::rsa), row);
            auto const digested = digest(row.hash, message);
            auto const right = hash_size(row.hash);
            auto const verdict = [&](bytes const& encoded) {
                return all.verdict(message, raw_rsa::private_power(key, encoded));
            };
            for (auto const salt :
                 {std::size_t{0}, std::size_t{1}, std::size_t{20}, right - 1, right, right + 1}) {
                CAPTURE(salt);
                auto const encoded =
                    raw_rsa::pss_encoded(row.hash, digested, bytes(salt, 0x5a), key.bits());
                CHECK(verdict(encoded) == (salt == right));
            }
            bytes const salt(right, 0x5a);
            CHECK(
                verdict(raw_rsa::pss_encoded(row.hash, digested, salt, key.bits(), 0xcc)) == false
            );
            CHECK(
                verdict(raw_rsa::pss_encoded(wrong_hash(row.hash), digested, salt, key.bits()))
                == false
            );
            auto first_bit = raw_rsa::pss_encoded(row.hash, digested, salt, key.bits());
            first_bit[0] = static_cast<std::uint8_t>(first_bit[0] | 0x80);
            CHECK(verdict(first_bit) == false);
        }
    }

    TEST_CASE("verifier: an RSA signature is less than the modulus and exactly as long")
    {
        auto const& key = *key_of(key_family::rsa);
        auto const n = public_parts_of(key).n;
        for (auto const* algorithm : {"RS256", "PS256"}) {
            panel all(key_of(key_family::rsa), row_of(algorithm));
            auto const good = make_signer(key_of(key_family::rsa), row_of(algorithm))
                                  .value()
                                  ->sign(message)
                                  .value();
            CHECK(all.verdict(message, good) == true);
            if (auto const wrapped = combined(good, n, false))
                CHECK(all.verdict(message, *wrapped) == false);
            CHECK(all.verdict(message, n) == false);
            CHECK(all.verdict(message, bytes(n.size())) == false);
            CHECK(all.verdict(message, bytes(n.size(), 0xff)) == false);
            CHECK(all.verdict(message, joined(bytes(1), good)) == false);
            CHECK(all.verdict(message, byte_view(good).subspan(1)) == false);
            CHECK(all.verdict(message, {}) == false);
        }
    }

    TEST_CASE("verifier: an empty message and a long one have the same verdict everywhere")
    {
        for (auto const* algorithm : {"RS256", "PS512", "ES256", "ES256K", "EdDSA"}) {
            CAPTURE(algorithm);
            auto const& row = row_of(algorithm);
            auto const family = first_of(row.families);
            panel all(key_of(family), row);
            for (auto const size : {std::size_t{0}, std::size_t{100'000}}) {
                bytes const text(size, 'x');
                auto const good = make_signer(key_of(family), row).value()->sign(text).value();
                CHECK(all.verdict(text, good) == true);
                CHECK(all.verdict(message, good) == false);
            }
        }
    }
}

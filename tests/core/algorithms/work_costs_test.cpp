#include "core/algorithms/work_costs.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace core;
using costs::key_half;

namespace {

constexpr std::size_t bits_usual = 2048;
constexpr std::size_t absurd[] = {
    std::size_t{1} << 53U, std::size_t{1} << 63U, std::numeric_limits<std::size_t>::max()};

bool is_price(work amount)
{
    return amount > work{} && amount <= work_max;
}

}  // namespace

TEST_SUITE_BEGIN("core/algorithms/work_costs");

TEST_CASE("of_verifying, of_signing: every algorithm has a price with each of its families")
{
    for (auto const& row : signature_algorithms) {
        CAPTURE(row.name);
        auto const without_key = costs::of_hashing(0, row.hash);
        for (auto const& family : key_family_rows) {
            if (!row.families.contains(family.family))
                continue;
            CHECK(costs::of_verifying(row, family.family, bits_usual, 0) > without_key);
            CHECK(costs::of_signing(row, family.family, bits_usual, 0) > without_key);
        }
    }
}

TEST_CASE("of_opening, of_sealing: every algorithm has a price with each of its families")
{
    auto const wrapping =
        costs::of_opening(*find_key_management("A128KW"), key_family::secret, 128);
    for (auto const& row : key_management_algorithms) {
        CAPTURE(row.name);
        for (auto const& family : key_family_rows) {
            if (!row.families.contains(family.family))
                continue;
            auto const least = family.type == key_type::oct ? work{} : wrapping;
            CHECK(costs::of_opening(row, family.family, bits_usual) > least);
            CHECK(costs::of_sealing(row, family.family, bits_usual) > least);
        }
    }
}

TEST_CASE("of_importing: every family has a price, and a private half costs more than nothing")
{
    for (auto const& row : key_family_rows) {
        CAPTURE(kty_of(row.family));
        for (auto const half :
             {key_half::public_half, key_half::private_half, key_half::private_without_primes})
            CHECK(is_price(costs::of_importing(row.family, bits_usual, half)));
    }
    CHECK(
        costs::of_importing(key_family::rsa, bits_usual, key_half::private_without_primes)
        > costs::of_importing(key_family::rsa, bits_usual, key_half::private_half)
    );
}

TEST_CASE("RSA: each step of the modulus costs more, also between the sizes of the table")
{
    auto const& row = *find_signature_algorithm("PS256");
    auto const& alg = *find_key_management("RSA1_5");
    for (std::size_t bits = 2048; bits < 16384; bits += 64) {
        CAPTURE(bits);
        auto const next = bits + 64;
        CHECK(
            costs::of_verifying(row, key_family::rsa, next, 0)
            > costs::of_verifying(row, key_family::rsa, bits, 0)
        );
        CHECK(
            costs::of_signing(row, key_family::rsa, next, 0)
            > costs::of_signing(row, key_family::rsa, bits, 0)
        );
        CHECK(
            costs::of_sealing(alg, key_family::rsa, next)
            > costs::of_sealing(alg, key_family::rsa, bits)
        );
        for (auto const half :
             {key_half::public_half, key_half::private_half, key_half::private_without_primes})
            CHECK(
                costs::of_importing(key_family::rsa, next, half)
                > costs::of_importing(key_family::rsa, bits, half)
            );
    }
}

TEST_CASE("RSA: a key below the smallest of the table costs as much as that")
{
    auto const& row = *find_signature_algorithm("RS256");
    for (std::size_t const bits : {0U, 1024U, 2047U})
        CHECK(
            costs::of_signing(row, key_family::rsa, bits, 0)
            == costs::of_signing(row, key_family::rsa, 2048, 0)
        );
}

TEST_CASE("RSA: a large public exponent costs more, a small one no less")
{
    auto const& row = *find_signature_algorithm("RS256");
    auto const& alg = *find_key_management("RSA-OAEP");
    auto const verifying = [&](std::uint32_t e) {
        return costs::of_verifying(row, key_family::rsa, bits_usual, 0, e);
    };
    auto const sealing = [&](std::uint32_t e) {
        return costs::of_sealing(alg, key_family::rsa, bits_usual, 0, e);
    };
    auto const largest = std::numeric_limits<std::uint32_t>::max();
    CHECK(verifying(3) == verifying(costs::usual_exponent));
    CHECK(verifying(largest) > 3 * verifying(costs::usual_exponent));
    CHECK(sealing(largest) > 3 * sealing(costs::usual_exponent));
}

TEST_CASE("a long secret and long party names are hashed, and paid for")
{
    auto const& row = *find_signature_algorithm("HS512");
    CHECK(
        costs::of_signing(row, key_family::secret, 32768, 0)
        > costs::of_signing(row, key_family::secret, 512, 0) + std::chrono::microseconds(5)
    );
    auto const& alg = *find_key_management("ECDH-ES");
    CHECK(
        costs::of_opening(alg, key_family::p256, 256, 48000)
        > costs::of_opening(alg, key_family::p256, 256) + std::chrono::microseconds(20)
    );
}

TEST_CASE("of_inflating: blocks without content are paid for by what is read")
{
    CHECK(costs::of_inflating(0, 1000) > work{});
    CHECK(costs::of_inflating(10000, 1000) >= costs::of_inflating(10000));
}

TEST_CASE("of_content: opening never costs more than sealing")
{
    for (auto const& enc : content_encryption_algorithms)
        CHECK(
            costs::of_content(enc, 65536, costs::content_step::opening)
            <= costs::of_content(enc, 65536)
        );
}

TEST_CASE("no price wraps or is negative at absurd sizes: it is the highest there is")
{
    for (auto const size : absurd) {
        CAPTURE(size);
        CHECK(costs::of_reading(size) == work_max);
        CHECK(costs::of_decoding(size) == work_max);
        CHECK(costs::of_encoding(size) == work_max);
        CHECK(costs::of_hashing(size) == work_max);
        CHECK(costs::of_deflating(size) == work_max);
        CHECK(costs::of_inflating(size) == work_max);
        CHECK(costs::of_inflating(0, size) == work_max);
        for (auto const& enc : content_encryption_algorithms)
            CHECK(costs::of_content(enc, size) == work_max);
        for (auto const& row : signature_algorithms) {
            auto const family = first_of(row.families);
            CHECK(costs::of_verifying(row, family, size, size) == work_max);
            CHECK(costs::of_signing(row, family, size, size) == work_max);
            CHECK(is_price(costs::of_verifying(row, family, size, 0)));
        }
        for (auto const& row : key_management_algorithms) {
            auto const family = first_of(row.families);
            CHECK(is_price(costs::of_opening(row, family, size, size)));
            CHECK(is_price(costs::of_sealing(row, family, size, size)));
            CHECK(costs::of_stretching(row, size) == work_max);
        }
        CHECK(costs::of_importing(key_family::rsa, size, key_half::public_half) == work_max);
    }
}

TEST_SUITE_END();

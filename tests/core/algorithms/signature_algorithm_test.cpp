#include "core/algorithms/signature_algorithm.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/algorithms/signature_algorithm")
{
    TEST_CASE("find_signature_algorithm: names are exact, and none has no row")
    {
        for (auto const& row : signature_algorithms)
            CHECK(find_signature_algorithm(row.name) == &row);
        for (auto const* name :
             {"none", "None", "", "es256", "ES256 ", "HS1", "RSA-OAEP", "ES521", "EdDsa"})
            CHECK(find_signature_algorithm(name) == nullptr);
    }

    TEST_CASE("admits: names admit themselves, EdDSA both curves, a curve's name EdDSA under it")
    {
        auto const& eddsa = *find_signature_algorithm("EdDSA");
        auto const& ed25519 = *find_signature_algorithm("Ed25519");
        auto const& ed448 = *find_signature_algorithm("Ed448");
        CHECK(admits("EdDSA", ed25519, key_family::ed25519));
        CHECK(admits("EdDSA", ed448, key_family::ed448));
        CHECK(admits("Ed25519", eddsa, key_family::ed25519));
        CHECK(admits("Ed448", eddsa, key_family::ed448));
        CHECK(!admits("Ed25519", eddsa, key_family::ed448));
        CHECK(!admits("Ed25519", ed448, key_family::ed448));
        CHECK(!admits("Ed25519", ed25519, key_family::ed448));
        CHECK(!admits("ES256", eddsa, key_family::ed25519));

        auto const& es256 = *find_signature_algorithm("ES256");
        CHECK(admits("ES256", es256, key_family::p256));
        CHECK(!admits("ES256", es256, key_family::secp256k1));
        CHECK(!admits("ES384", es256, key_family::p256));
        CHECK(!admits("PS256", *find_signature_algorithm("RS256"), key_family::rsa));
    }

    TEST_CASE("default_signature_algorithm: names a row that the family fits, or nothing")
    {
        for (auto const family : samples::families) {
            auto const name = default_signature_algorithm(family);
            CHECK((name.empty() || find_signature_algorithm(name)->families.contains(family)));
        }
        CHECK(default_signature_algorithm(key_family::rsa) == "RS256");
        CHECK(default_signature_algorithm(key_family::p521) == "ES512");
        CHECK(default_signature_algorithm(key_family::ed448) == "EdDSA");
        CHECK(default_signature_algorithm(key_family::x25519).empty());
    }
}

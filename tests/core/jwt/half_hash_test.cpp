#include "core/jwt/half_hash.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string half_hash_of(std::string_view alg, key_family family, std::string_view value)
{
    return half_hash(hash_of(*find_signature_algorithm(alg), family), value);
}

}  // namespace

TEST_SUITE("core/jwt/half_hash")
{
    TEST_CASE("half_hash: the example of OpenID Connect Core section A.3")
    {
        CHECK(
            half_hash(hash::sha256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
            == "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    TEST_CASE("half_hash: EdDSA goes by the curve, under either name")
    {
        // the vectors of npm oidc-token-hash
        constexpr std::string_view value =
            "YmJiZTAwYmYtMzgyOC00NzhkLTkyOTItNjJjNDM3MGYzOWIy9sFhvH8K_x8UIHj1osisS57f5DduL";
        constexpr std::string_view ed25519 = "p2LHG4H-8pYDc0hyVOo3iIHvZJUqe9tbj3jESOuXbkY";
        constexpr std::string_view ed448 =
            "sB_U72jyb0WgtX8TsVoqJnm6CD295W9gfSDRxkilB3LAL7REi9JYutRW_s1yE4lD8cOfMZf83gi4";
        CHECK(half_hash_of("EdDSA", key_family::ed25519, value) == ed25519);
        CHECK(half_hash_of("Ed25519", key_family::ed25519, value) == ed25519);
        CHECK(half_hash_of("EdDSA", key_family::ed448, value) == ed448);
        CHECK(half_hash_of("Ed448", key_family::ed448, value) == ed448);
        CHECK(half_hash_of("ES256", key_family::p256, value) == "xsZZrUssMXjL3FBlzoSh2g");
        CHECK(half_hash_of("PS384", key_family::rsa, value) == "adt46pcdiB-l6eTNifgoVM-5AIJAxq84");
    }

    TEST_CASE("half_hash: ML-DSA defines no hash")
    {
        CHECK(half_hash_of("ML-DSA-44", key_family::ml_dsa_44, "value").empty());
    }
}

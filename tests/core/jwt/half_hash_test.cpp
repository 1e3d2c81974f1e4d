#include "core/jwt/half_hash.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/jwt/half_hash")
{
    TEST_CASE("half_hash: the example of OpenID Connect Core section A.3")
    {
        CHECK(
            half_hash(
                *find_signature_algorithm("RS256"), "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
            )
            == "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}

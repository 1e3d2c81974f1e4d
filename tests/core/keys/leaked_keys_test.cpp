#include "core/keys/jwk_write.hpp"
#include "core/keys/leaked_keys.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/keys/leaked_keys")
{
    TEST_CASE("leaked_keys: the last key of the largest set is remembered too")
    {
        constexpr std::size_t keys_max = 3000;
        jwk key;
        key.material = samples::key_of(key_family::p256);
        std::vector<left_out_key> published;
        for (std::size_t i = 1; i < keys_max; ++i) {
            left_out_key one;
            one.reason = left_out_reason::private_half_published;
            one.thumbprint = std::to_string(i);
            published.push_back(one);
        }
        published.push_back(published.back());
        published.back().thumbprint = thumbprint(*key.material);
        leaked_keys leaked;
        leaked.remember(published, keys_max);

        jwk_set later;
        later.keys.push_back(key);
        leaked.leave_out(later);
        CHECK(later.keys.empty());
        REQUIRE(later.left_out.size() == 1);
        CHECK(later.left_out[0].reason == left_out_reason::private_half_published);
    }
}

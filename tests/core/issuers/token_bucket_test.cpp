#include "core/issuers/token_bucket.hpp"

#include <doctest/doctest.h>

using core::token_bucket;
using core::uptime;
using namespace std::chrono_literals;

TEST_SUITE("core/issuers/token_bucket")
{
    TEST_CASE("take: the burst at once, then none before the interval is over")
    {
        token_bucket bucket(2, 30s);
        CHECK(bucket.take(uptime(100s)));
        CHECK(bucket.take(uptime(100s)));
        CHECK(!bucket.take(uptime(100s)));
        CHECK(!bucket.take(uptime(130s)));
        CHECK(bucket.take(uptime(130001ms)));
        CHECK(!bucket.take(uptime(130001ms)));
    }

    TEST_CASE("take: after a long rest -> no more than the burst")
    {
        token_bucket bucket(2, 30s);
        CHECK(bucket.take(uptime(1000000s)));
        CHECK(bucket.take(uptime(1000000s)));
        CHECK(!bucket.take(uptime(1000000s)));
    }

    TEST_CASE("next_at: the first moment with a token")
    {
        token_bucket bucket(1, 60s);
        CHECK(bucket.next_at() <= uptime(100s));
        CHECK(bucket.take(uptime(100s)));
        CHECK(bucket.next_at() == uptime(160001ms));
        CHECK(!bucket.has(bucket.next_at() - 1ms));
        CHECK(bucket.has(bucket.next_at()));
    }

    TEST_CASE("settle: the interval begins when the call has ended")
    {
        token_bucket bucket(1, 30s);
        CHECK(bucket.take(uptime(100s)));
        bucket.settle(uptime(103s));
        CHECK(!bucket.take(uptime(133s)));
        CHECK(bucket.take(uptime(133001ms)));
    }
}

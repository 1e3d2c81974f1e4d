#include "service/callers/caller_meter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace service;
using namespace std::chrono_literals;

namespace {

using time_point = caller_meter::time_point;

constexpr time_point start{1h};

config::caller_rate rate_of(std::uint32_t requests, config::seconds per, std::uint32_t burst)
{
    return {.requests = requests, .per = per, .burst = burst};
}

/// How many requests are let through at that moment.
unsigned drain(caller_meter& meter, config::caller_rate const& rate, time_point now)
{
    unsigned taken = 0;
    while (taken < 10'000 && !meter.take(rate, now))
        ++taken;
    return taken;
}

}  // namespace

TEST_SUITE("service/callers/caller_meter")
{
    TEST_CASE("take: as many at once as the bucket holds, and then one per interval")
    {
        caller_meter meter(0);
        auto const rate = rate_of(10, 1s, 5);
        CHECK(drain(meter, rate, start) == 5);
        CHECK(meter.take(rate, start) == 100ms);
        CHECK(meter.take(rate, start + 99ms) == 1ms);
        CHECK(!meter.take(rate, start + 100ms));
        CHECK(meter.take(rate, start + 100ms));
        CHECK(drain(meter, rate, start + 300ms) == 2);
    }

    TEST_CASE("take: a pause fills the bucket, and no more than that")
    {
        caller_meter meter(0);
        auto const rate = rate_of(10, 1s, 5);
        CHECK(drain(meter, rate, start) == 5);
        CHECK(drain(meter, rate, start + 500ms) == 5);
        CHECK(drain(meter, rate, start + 24h) == 5);
    }

    TEST_CASE("take: in a long time never more than the rate allows")
    {
        caller_meter meter(0);
        auto const rate = rate_of(7, 3s, 4);
        unsigned taken = 0;
        for (auto at = start; at < start + 3000s; at += 13ms)
            taken += meter.take(rate, at) ? 0 : 1;
        CHECK(taken <= 7004);
        CHECK(taken >= 7000);
    }

    TEST_CASE("take: a larger or smaller bucket of another configuration counts at once")
    {
        caller_meter meter(0);
        CHECK(drain(meter, rate_of(1, 1h, 1000), start) == 1000);
        auto const quick = rate_of(10, 1s, 5);
        CHECK(meter.take(quick, start) == 100ms);  // not after a thousand hours
        CHECK(drain(meter, quick, start + 500ms) == 5);
    }

    TEST_CASE("take: the largest numbers that the configuration allows do not overflow")
    {
        caller_meter meter(0);
        auto const slow = rate_of(1, 1h, 1'000'000);
        CHECK(!meter.take(slow, start));
        caller_meter other(1);
        auto const quick = rate_of(1'000'000, 1s, 1'000'000);
        CHECK(!other.take(quick, start));
        CHECK(drain(other, rate_of(1'000'000, 1s, 1), start) == 0);
    }

    TEST_CASE("take: threads together get no more than one")
    {
        caller_meter meter(0);
        auto const rate = rate_of(1, 1h, 1000);
        std::atomic<unsigned> taken{0};
        std::vector<std::thread> all;
        for (int i = 0; i < 4; ++i)
            all.emplace_back([&] {
                for (int n = 0; n < 1000; ++n)
                    taken += meter.take(rate, start) ? 0 : 1;
            });
        for (auto& one : all)
            one.join();
        CHECK(taken.load() == 1000);
    }

    TEST_CASE("enter: as many as are allowed, and one more after each that left")
    {
        caller_meter meter(0);
        CHECK(meter.enter(2));
        CHECK(meter.enter(2));
        CHECK(!meter.enter(2));
        CHECK(meter.in_flight() == 2);
        meter.leave();
        CHECK(meter.enter(2));
        CHECK(meter.enter(0));  // 0: any number
        CHECK(meter.in_flight() == 3);
    }

    TEST_CASE("enter: who is refused is never counted, so that nobody is refused for it")
    {
        caller_meter meter(0);
        REQUIRE(meter.enter(1));
        std::atomic<bool> is_over{false};
        unsigned entered = 0, most = 0;
        std::thread refused([&] {
            while (!is_over)
                entered += meter.enter(1) ? 1 : 0;
        });
        for (int i = 0; i < 200'000; ++i)
            most = std::max(most, meter.in_flight());
        is_over = true;
        refused.join();
        CHECK(entered == 0);
        CHECK(most == 1);
    }

    TEST_CASE("caller_lease: ends once, wherever it was moved")
    {
        auto const meter = std::make_shared<caller_meter>(0);
        {
            REQUIRE(meter->enter(0));
            caller_lease first(meter);
            caller_lease second(std::move(first));
            first.give_back();
            CHECK(meter->in_flight() == 1);
            REQUIRE(meter->enter(0));
            caller_lease third(meter);
            third = std::move(second);  // ends what it had
            CHECK(meter->in_flight() == 1);
        }
        CHECK(meter->in_flight() == 0);
    }
}

#include "service/callers/work_for.hpp"
#include "tests/service/callers/people.hpp"

#include <doctest/doctest.h>

using namespace people;
using namespace service;

TEST_SUITE("service/callers/work_for")
{
    TEST_CASE("work_for: a caller -> its number, in the callers' queue")
    {
        auto by = identity::of_stranger(nullptr);
        by.add(known(named("orders"), 7));
        auto const work = work_for(by);
        CHECK(work.lane() == work_lane::callers);
        REQUIRE(work.is_capped_caller());
        CHECK(work.caller() == 7);
    }

    TEST_CASE("work_for: nobody proven, or two -> a stranger, by the group of its peer")
    {
        auto const from = on_unix(7, 5);
        auto by = identity::of_stranger(&from);
        CHECK(work_for(by).lane() == work_lane::strangers);
        CHECK(work_for(by).is_stranger());
        CHECK(
            work_for(by).peer() == work_peer{static_cast<std::uint8_t>(peer_group::kind::user), 7}
        );
        by.add(known(named("orders")));
        by.add(known(named("bills")));
        CHECK(work_for(by).is_stranger());
        CHECK(work_for({}).is_stranger());
    }

    TEST_CASE("work_for: in development mode -> a caller without a limit")
    {
        auto const work = work_for(identity::of_anybody(nullptr));
        CHECK(work.lane() == work_lane::callers);
        CHECK(!work.is_capped_caller());
    }

    TEST_CASE("strangers_work: a peer that is a caller is a stranger here")
    {
        auto const from = on_unix(1001, 5);
        CHECK(strangers_work(&from).is_stranger());
        CHECK(strangers_work(&from).lane() == work_lane::strangers);
    }
}

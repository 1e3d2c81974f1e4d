#include "service/callers/work_for.hpp"

#include <doctest/doctest.h>

using namespace service;

namespace {

config::settings two_callers()
{
    config::settings with;
    with.callers.resize(2);
    with.callers[0].uid = 1001;
    with.callers[1].uid = 1002;
    return with;
}

peer local_peer(std::uint32_t uid)
{
    return {true, uid, 5, "", group_of_user(uid)};
}

}  // namespace

TEST_SUITE("service/callers/work_for")
{
    TEST_CASE("work_for: a proven caller -> its place in the settings, in the callers' queue")
    {
        auto const with = two_callers();
        auto const from = local_peer(1002);
        auto const work = work_for({&from, ""}, with);
        CHECK(work.lane() == work_lane::callers);
        REQUIRE(work.is_capped_caller());
        CHECK(work.caller() == 1);
    }

    TEST_CASE("work_for: nobody proven -> a stranger, by the group of its peer")
    {
        auto const with = two_callers();
        auto const from = local_peer(7);
        auto const work = work_for({&from, ""}, with);
        CHECK(work.lane() == work_lane::strangers);
        CHECK(work.is_stranger());
        CHECK(work.peer() == work_peer{static_cast<std::uint8_t>(peer_group::kind::user), 7});
        CHECK(work_for({}, with).is_stranger());
    }

    TEST_CASE("work_for: in development mode -> a caller without a limit")
    {
        config::settings with;
        with.dev = true;
        auto const work = work_for({}, with);
        CHECK(work.lane() == work_lane::callers);
        CHECK(!work.is_capped_caller());
    }

    TEST_CASE("strangers_work: a peer that is a caller is a stranger here")
    {
        auto const from = local_peer(1001);
        CHECK(strangers_work(&from).is_stranger());
        CHECK(strangers_work(&from).lane() == work_lane::strangers);
    }
}

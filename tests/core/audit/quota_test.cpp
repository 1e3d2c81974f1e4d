#include "core/audit/quota.hpp"

#include <doctest/doctest.h>

TEST_SUITE("core/audit/quota")
{
    using core::audit_lane;

    TEST_CASE("take: strangers who fill their lane leave the others all of theirs")
    {
        core::audit_quota quota(800);
        CHECK(quota.take(audit_lane::strangers, 100));
        CHECK(!quota.take(audit_lane::strangers, 1));
        CHECK(quota.take(audit_lane::callers, 400));
        CHECK(!quota.take(audit_lane::callers, 1));
        CHECK(quota.take(audit_lane::needed, 800));
        CHECK(!quota.take(audit_lane::needed, 1));
        quota.give_back(audit_lane::needed, 800);
        CHECK(quota.take(audit_lane::needed, 1));
        CHECK(quota.used(audit_lane::needed) == 1);
    }

    TEST_CASE(
        "take: what no lane can ever hold is refused, and a lower limit refuses until there is room"
    )
    {
        core::audit_quota quota(800);
        CHECK(!quota.take(audit_lane::needed, 801));
        CHECK(quota.take(audit_lane::needed, 800));
        quota.change(400);
        CHECK(!quota.take(audit_lane::needed, 1));
        quota.give_back(audit_lane::needed, 500);
        CHECK(quota.take(audit_lane::needed, 100));
    }
}

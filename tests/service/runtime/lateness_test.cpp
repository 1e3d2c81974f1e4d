#include "service/runtime/lateness.hpp"

#include <doctest/doctest.h>

using service::lateness;
using namespace std::chrono_literals;

namespace {

lateness::time_point at(std::chrono::nanoseconds since_start)
{
    return lateness::time_point(1h + since_start);
}

}  // namespace

TEST_SUITE("service/runtime/lateness")
{
    TEST_CASE("is_late: from the first octets that waited too long, until none did for a second")
    {
        lateness thread;
        CHECK(thread.is_due(at(0s)));
        thread.saw(lateness::late_age - 1ns, at(0s));
        CHECK(!thread.is_late());
        thread.saw(lateness::late_age, at(1s));
        CHECK(thread.is_late());
        thread.saw(0ns, at(1s + lateness::calm - 1ns));
        CHECK(thread.is_late());
        thread.saw(0ns, at(1s + lateness::calm));
        CHECK(!thread.is_late());
    }

    TEST_CASE("is_late: the pool's refusals prolong it, although nothing waits meanwhile")
    {
        lateness thread;
        thread.saw(lateness::late_age, at(0s));
        thread.refused();
        thread.saw(0ns, at(900ms));
        thread.saw(0ns, at(1800ms));
        CHECK(thread.is_late());
        thread.saw(0ns, at(1900ms));
        CHECK(!thread.is_late());
    }

    TEST_CASE("is_refused_at: not because requests wait, but for a second after the pool has refused")
    {
        lateness thread;
        thread.saw(lateness::late_age, at(0s));
        CHECK(!thread.is_refused_at(at(0s)));
        thread.refused();
        thread.saw(0ns, at(1s));
        CHECK(thread.is_refused_at(at(1s + lateness::calm - 1ns)));
        CHECK(!thread.is_refused_at(at(1s + lateness::calm)));
    }

    TEST_CASE("is_due: not again within look_every")
    {
        lateness thread;
        thread.saw(0ns, at(0s));
        CHECK(!thread.is_due(at(lateness::look_every - 1ns)));
        CHECK(thread.is_due(at(lateness::look_every)));
    }
}

#include "service/observe/line_limit.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;

namespace {

std::chrono::steady_clock::time_point at(std::chrono::nanoseconds when)
{
    return std::chrono::steady_clock::time_point(when);
}

/// How many of `count` lines at one moment are allowed.
unsigned allowed(line_limit& by, unsigned count, std::chrono::steady_clock::time_point now)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; ++i)
        found += by.admit(now) ? 1 : 0;
    return found;
}

}  // namespace

TEST_SUITE("service/observe/line_limit")
{
    TEST_CASE("admit: a burst at once, then one per interval")
    {
        line_limit limit;
        CHECK(allowed(limit, 100, at(5s)) == line_limit::burst);
        CHECK(allowed(limit, 100, at(5s + line_limit::interval - 1ns)) == 0);
        CHECK(allowed(limit, 100, at(5s + line_limit::interval)) == 1);
        CHECK(allowed(limit, 100, at(5s + 3 * line_limit::interval)) == 2);
    }

    TEST_CASE("admit: after a rest the burst is whole again, and no larger")
    {
        line_limit limit;
        allowed(limit, 100, at(0s));
        CHECK(allowed(limit, 100, at(1h)) == line_limit::burst);
    }

    TEST_CASE("admit: the next line says how many were left out, once")
    {
        line_limit limit;
        for (unsigned i = 0; i < line_limit::burst; ++i)
            CHECK(limit.admit(at(0s)) == 0U);
        for (unsigned i = 0; i < 7; ++i)
            CHECK(!limit.admit(at(0s)));
        CHECK(limit.admit(at(line_limit::interval)) == 7U);
        CHECK(limit.admit(at(2 * line_limit::interval)) == 0U);
    }

    TEST_CASE("take_left_out: reports what no later line did, once")
    {
        line_limit limit;
        allowed(limit, line_limit::burst + 3, at(0s));
        CHECK(limit.take_left_out() == 3);
        CHECK(limit.take_left_out() == 0);
        CHECK(limit.admit(at(1h)) == 0U);
    }
}

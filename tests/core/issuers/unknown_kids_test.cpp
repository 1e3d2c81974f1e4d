#include "core/issuers/unknown_kids.hpp"

#include <doctest/doctest.h>

#include <string>

using core::unknown_kids;
using core::uptime;
using namespace std::chrono_literals;

TEST_SUITE("core/issuers/unknown_kids")
{
    TEST_CASE("settle: asked before the fetch began -> refused for a minute, to the millisecond")
    {
        unknown_kids kids;
        kids.ask("a");
        kids.begin();
        CHECK(!kids.is_refused("a", uptime(5s)));
        kids.settle(false, uptime(10s));
        CHECK(kids.is_refused("a", uptime(10s)));
        CHECK(kids.is_refused("a", uptime(69999ms)));
        CHECK(!kids.is_refused("a", uptime(70s)));
        CHECK(!kids.is_refused("b", uptime(10s)));
    }

    TEST_CASE("settle: asked while the fetch was on its way -> open until the next one")
    {
        unknown_kids kids;
        kids.begin();
        kids.ask("a");
        kids.settle(false, uptime(10s));
        CHECK(!kids.is_refused("a", uptime(10s)));
        kids.begin();
        kids.settle(false, uptime(11s));
        CHECK(kids.is_refused("a", uptime(11s)));
    }

    TEST_CASE("settle: another set -> what older ones did not have is open again")
    {
        unknown_kids kids;
        kids.ask("old");
        kids.begin();
        kids.settle(false, uptime(10s));
        kids.ask("new");
        kids.begin();
        kids.settle(true, uptime(11s));
        CHECK(!kids.is_refused("old", uptime(11s)));
        CHECK(kids.is_refused("new", uptime(11s)));
    }

    TEST_CASE("drop: no answer -> nothing is refused")
    {
        unknown_kids kids;
        kids.ask("a");
        kids.begin();
        kids.drop();
        kids.settle(false, uptime(10s));
        CHECK(!kids.is_refused("a", uptime(10s)));
    }

    TEST_CASE(
        "ask: more names than fit -> the first of them are kept, the oldest refused one leaves"
    )
    {
        unknown_kids kids;
        for (std::size_t i = 0; i <= unknown_kids::entries_max; ++i)
            kids.ask(std::to_string(i));
        kids.begin();
        kids.settle(false, uptime(1s));
        CHECK(kids.is_refused("0", uptime(1s)));
        CHECK(kids.is_refused(std::to_string(unknown_kids::entries_max - 1), uptime(1s)));
        CHECK(!kids.is_refused(std::to_string(unknown_kids::entries_max), uptime(1s)));

        kids.ask("one more");
        kids.begin();
        kids.settle(false, uptime(2s));
        CHECK(!kids.is_refused("0", uptime(2s)));
        CHECK(kids.is_refused("1", uptime(2s)));
        CHECK(kids.is_refused("one more", uptime(2s)));
    }
}

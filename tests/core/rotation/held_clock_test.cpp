#include "core/rotation/held_clock.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using core::instant;
using core::uptime;
using core::rotation::held_clock;

namespace {

instant const noon = instant{} + 20'000 * 24h;
uptime const start{100s};

}  // namespace

TEST_SUITE("core/rotation/held_clock")
{
    TEST_CASE("at: a clock that runs is followed, and never goes back")
    {
        held_clock clock;
        CHECK(clock.at(noon, start) == noon);
        CHECK(clock.at(noon + 1h, start + 1h) == noon + 1h);
        CHECK(clock.at(noon + 1h - 4min, start + 1h) == noon + 1h);
        CHECK(!clock.is_holding());
    }

    TEST_CASE("at: an hour ahead -> the time goes on as before, until the clock is right again")
    {
        held_clock clock;
        clock.at(noon, start);
        CHECK(clock.at(noon + 1h + 1s, start + 1s) == noon + 1s);
        CHECK(clock.is_holding());
        CHECK(clock.distance() == 1h);
        CHECK(clock.at(noon + 1h + 10min, start + 10min) == noon + 10min);
        CHECK(clock.at(noon + 11min, start + 11min) == noon + 11min);
        CHECK(!clock.is_holding());
    }

    TEST_CASE("at: an hour back -> the same")
    {
        held_clock clock;
        clock.at(noon, start);
        CHECK(clock.at(noon - 1h + 1s, start + 1s) == noon + 1s);
        CHECK(clock.is_holding());
        CHECK(clock.at(noon + 2s, start + 2s) == noon + 2s);
        CHECK(!clock.is_holding());
    }

    TEST_CASE("at: a new time that stays is believed after a while; a second jump begins again")
    {
        held_clock clock;
        clock.at(noon, start);
        clock.at(noon + 1h, start);
        CHECK(clock.at(noon + 1h + 15min - 1ms, start + 15min - 1ms) == noon + 15min - 1ms);
        CHECK(clock.at(noon + 2h + 15min, start + 15min) == noon + 15min);
        CHECK(clock.is_holding());
        CHECK(clock.at(noon + 2h + 30min, start + 30min) == noon + 2h + 30min);
        CHECK(!clock.is_holding());
    }

    TEST_CASE("at: a clock that was set back for good -> the time of keys waits for it")
    {
        held_clock clock;
        clock.at(noon, start);
        clock.at(noon - 1h, start);
        CHECK(clock.at(noon - 1h + 15min, start + 15min) == noon + 0ms);
        CHECK(!clock.is_holding());
        CHECK(clock.at(noon + 1s, start + 1h + 1s + 0ms) == noon + 1s);
    }
}

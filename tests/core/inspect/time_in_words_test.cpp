#include "core/inspect/time_in_words.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'700'000'000}};

}  // namespace

TEST_SUITE("core/inspect/time_in_words")
{
    TEST_CASE("in_words: a time and how far away it is")
    {
        CHECK(in_words(1700000300, now) == "2023-11-14T22:18:20Z, in 5 minutes");
        CHECK(in_words(1699996399, now) == "2023-11-14T21:13:19Z, 1 hour ago");
        CHECK(in_words(1700000000, now) == "2023-11-14T22:13:20Z, 0 seconds ago");
        CHECK(in_words(1e300, now) == "outside the calendar");
    }
}

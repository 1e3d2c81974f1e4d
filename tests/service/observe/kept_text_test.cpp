#include "service/observe/kept_text.hpp"

#include <doctest/doctest.h>

using service::kept_text;

TEST_SUITE("service/observe/kept_text")
{
    TEST_CASE("at: made for whoever asks, but only so often in one window")
    {
        kept_text kept;
        unsigned made = 0;
        auto const make = [&made] { return std::to_string(++made); };
        auto const begin = std::chrono::steady_clock::time_point{} + std::chrono::hours(1);
        for (unsigned i = 1; i <= kept_text::made_max; ++i)
            CHECK(kept.at(begin, make) == std::to_string(i));
        auto const last = std::to_string(kept_text::made_max);
        auto const end = begin + kept_text::window;
        for (int i = 0; i < 1000; ++i)
            CHECK(kept.at(end - std::chrono::nanoseconds(1), make) == last);
        CHECK(made == kept_text::made_max);
        CHECK(kept.at(end, make) == std::to_string(kept_text::made_max + 1));
        CHECK(made == kept_text::made_max + 1);
    }
}

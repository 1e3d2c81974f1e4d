#include "service/runtime/crowding.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;

namespace {

/// A queue whose work comes and is begun at even distances, in simulated time.
struct bench {
    /// so many come and are begun in each of some periods.
    void run(int periods, int come, int begin)
    {
        auto const steps = 100;
        for (int i = 0; i < periods * steps; ++i, now += crowding::period / steps) {
            for (int n = come * (i % steps) / steps; n < come * (i % steps + 1) / steps; ++n)
                what.came(false, now);
            for (int n = begin * (i % steps) / steps; n < begin * (i % steps + 1) / steps; ++n)
                what.began();
        }
    }
    bool is_crowded() const { return what.is_crowded(now); }

    crowding what;
    crowding::time_point now{};
};

}  // namespace

TEST_SUITE("service/runtime/crowding")
{
    TEST_CASE("is_crowded: as much is begun as comes, however much that is -> no")
    {
        bench b;
        b.run(50, 100, 100);
        CHECK(!b.is_crowded());
        b.run(50, 10'000, 10'000);
        CHECK(!b.is_crowded());
        b.run(50, 1, 0);  // a few, and each takes long
        CHECK(!b.is_crowded());
        b.run(50, 140, 100);  // slow growth is found by the age of what waits
        CHECK(!b.is_crowded());
    }

    TEST_CASE("is_crowded: half as much again comes in two periods in a row -> yes")
    {
        bench b;
        b.run(10, 100, 100);
        b.run(2, 300, 100);
        CHECK(!b.is_crowded());  // the second one has not ended
        b.run(1, 300, 100);
        CHECK(b.is_crowded());
    }

    TEST_CASE("is_crowded: a burst, or bursts with a pause between, -> no")
    {
        bench b;
        b.run(1, 300, 100);
        b.run(1, 100, 100);
        b.run(1, 300, 100);
        b.run(5, 100, 100);
        CHECK(!b.is_crowded());
        for (int i = 0; i < 5; ++i) {
            b.run(1, 300, 100);
            b.now += 2 * crowding::period;
        }
        CHECK(!b.is_crowded());
    }

    TEST_CASE("is_crowded: some work has waited for too long -> yes")
    {
        bench b;
        b.what.came(false, b.now);
        CHECK(!b.is_crowded());
        b.what.came(true, b.now);
        CHECK(b.is_crowded());
    }

    TEST_CASE("is_crowded: until nobody was refused for `calm`")
    {
        bench b;
        b.what.came(true, b.now);
        b.now += crowding::calm - 1ns;
        CHECK(b.is_crowded());
        b.what.refused(b.now);
        b.now += crowding::calm - 1ns;
        CHECK(b.is_crowded());
        b.now += 1ns;
        CHECK(!b.is_crowded());
    }
}

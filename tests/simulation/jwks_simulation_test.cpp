#include "tests/simulation/jwks_world.hpp"
#include "tests/simulation/seeds.hpp"

#include <doctest/doctest.h>

#include <cstdio>

using simulation::any_seed;
using simulation::number_in;

TEST_SUITE("core/jwks_cache, simulated")
{
    TEST_CASE("jwks_cache: any outages, rotations, floods, lies and clock jumps -> P1 to P5 hold")
    {
        auto const seed = number_in("SIGNET_SIMULATION_SEED", any_seed());
        auto const runs = number_in("SIGNET_SIMULATION_RUNS", 100000);
        std::printf(
            "jwks simulation: seed %llu, %llu schedules\n", static_cast<unsigned long long>(seed),
            static_cast<unsigned long long>(runs)
        );
        simulation::tally counts;
        for (std::uint64_t i = 0; i < runs; ++i) {
            auto const broken = simulation::world(seed + i, counts).run();
            INFO("SIGNET_SIMULATION_SEED=", seed + i, " SIGNET_SIMULATION_RUNS=1");
            REQUIRE_MESSAGE(broken.empty(), broken);
        }
        std::printf(
            "jwks simulation: %llu steps, %llu fetches (%llu for unknown kids, %llu for bad "
            "signatures, %llu failed), "
            "%llu sets replaced, %llu emptied, %llu steps stale, %llu without a usable set, "
            "%llu kids limited, %llu refused, %llu signatures limited, %llu refused, %llu replaced "
            "keys "
            "noticed by them, %llu clock jumps, %llu restarts, %llu late answers, "
            "%llu times in step with the origin\n",
            static_cast<unsigned long long>(counts.steps),
            static_cast<unsigned long long>(counts.fetches),
            static_cast<unsigned long long>(counts.misses),
            static_cast<unsigned long long>(counts.signatures),
            static_cast<unsigned long long>(counts.failures),
            static_cast<unsigned long long>(counts.replaced),
            static_cast<unsigned long long>(counts.emptied),
            static_cast<unsigned long long>(counts.stale),
            static_cast<unsigned long long>(counts.expired),
            static_cast<unsigned long long>(counts.limited),
            static_cast<unsigned long long>(counts.refused),
            static_cast<unsigned long long>(counts.signatures_limited),
            static_cast<unsigned long long>(counts.signatures_refused),
            static_cast<unsigned long long>(counts.noticed),
            static_cast<unsigned long long>(counts.jumps),
            static_cast<unsigned long long>(counts.restarts),
            static_cast<unsigned long long>(counts.late),
            static_cast<unsigned long long>(counts.converged)
        );
        if (runs < 1000)
            return;
        // A simulation that never reaches these cases proves nothing.
        for (auto const count :
             {counts.misses, counts.failures, counts.replaced, counts.emptied, counts.expired,
              counts.stale, counts.limited, counts.refused, counts.jumps, counts.restarts,
              counts.late, counts.converged, counts.signatures, counts.signatures_limited,
              counts.signatures_refused, counts.noticed})
            CHECK(count > 0);
    }
}

#include "tests/simulation/rotation_world.hpp"
#include "tests/simulation/seeds.hpp"

#include <doctest/doctest.h>

#include <cstdio>

using simulation::any_seed;
using simulation::number_in;

namespace {

using number = unsigned long long;

}  // namespace

TEST_SUITE("core/rotation, simulated")
{
    TEST_CASE(
        "rotation: any plans, rotations, revocations, crashes and late replicas -> no valid token "
        "is refused, one key signs, no kid comes twice"
    )
    {
        auto const seed = number_in("SIGNET_SIMULATION_SEED", any_seed());
        auto const runs = number_in("SIGNET_ROTATION_LIVES", 100'000);
        std::printf("rotation simulation: seed %llu, %llu lives\n", number(seed), number(runs));
        simulation::rotation_tally counts;
        for (std::uint64_t i = 0; i < runs; ++i) {
            auto const broken = simulation::rotation_world(seed + i, counts).run();
            INFO("SIGNET_SIMULATION_SEED=", seed + i, " SIGNET_ROTATION_LIVES=1");
            REQUIRE_MESSAGE(broken.empty(), broken);
        }
        std::printf(
            "rotation simulation: %llu steps, %llu keys, %llu manifests, %llu rotations asked for "
            "(%llu "
            "too early, %llu emergencies), %llu revocations (%llu with a successor), %llu crashes, "
            "%llu sleepers overtaken, %llu keys retired, %llu tokens signed, %llu verified, %llu "
            "fetches\n",
            number(counts.steps), number(counts.keys), number(counts.manifests),
            number(counts.rotations), number(counts.early), number(counts.emergencies),
            number(counts.revocations), number(counts.takeovers), number(counts.crashes),
            number(counts.overtaken), number(counts.buried), number(counts.signed_tokens),
            number(counts.verified), number(counts.fetches)
        );
        if (runs < 1000)
            return;
        // A simulation that never reaches these cases proves nothing.
        for (auto const count :
             {counts.keys, counts.rotations, counts.early, counts.emergencies, counts.revocations,
              counts.takeovers, counts.crashes, counts.overtaken, counts.buried,
              counts.signed_tokens, counts.verified, counts.fetches})
            CHECK(count > 0);
    }
}

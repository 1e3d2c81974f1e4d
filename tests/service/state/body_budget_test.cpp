#include "service/state/body_budget.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace service;

namespace {

constexpr std::size_t KiB = 1024, MiB = 1024 * KiB;
constexpr auto strangers = body_share::strangers;
constexpr auto callers = body_share::callers;

peer_group peer(std::uint32_t number)
{
    return {peer_group::kind::ipv4, number};
}

}  // namespace

TEST_SUITE("service/state/body_budget")
{
    TEST_CASE("resize: strangers have half, and callers what is left, however the strangers try")
    {
        body_budget budget(32 * MiB, 1 * MiB);
        std::vector<body_budget::lease> held;
        std::size_t taken = 0;
        for (std::uint32_t i = 0; i < 1000; ++i) {
            held.push_back(budget.open(peer(i), strangers));
            taken += held.back().resize(1 * MiB) ? 1 * MiB : 0;
        }
        CHECK(taken == 16 * MiB);
        CHECK(budget.held(strangers) == 16 * MiB);
        CHECK(budget.refusals(strangers) == 1000 - 16);
        auto caller = budget.open(peer(1), callers);
        CHECK(caller.resize(16 * MiB));
        CHECK(!caller.resize(16 * MiB + 1));
        CHECK(budget.refusals(callers) == 1);
        held.clear();
        CHECK(caller.resize(32 * MiB));
        CHECK(budget.held(strangers) == 0);
    }

    TEST_CASE("resize: one stranger has a quarter of that half, the next one still has its own")
    {
        body_budget budget(32 * MiB, 1 * MiB);
        CHECK(budget.stranger_max() == 4 * MiB);
        auto first = budget.open(peer(1), strangers);
        auto more = budget.open(peer(1), strangers);
        CHECK(first.resize(3 * MiB));
        CHECK(more.resize(1 * MiB));
        CHECK(!more.resize(1 * MiB + 1));
        auto other = budget.open(peer(2), strangers);
        CHECK(other.resize(4 * MiB));
        first.give_back();
        CHECK(more.resize(4 * MiB));
    }

    TEST_CASE("stranger_max: one body of the largest size fits, as far as the half goes")
    {
        CHECK(body_budget(4 * MiB, 1 * MiB).stranger_max() >= 1 * MiB + 256 * KiB);
        CHECK(body_budget(4 * MiB, 1 * MiB).stranger_max() <= 2 * MiB);
        CHECK(body_budget(1 * MiB, 1 * MiB).stranger_max() == 512 * KiB);
    }

    TEST_CASE("resize: a refusal changes nothing, and less is given back at once")
    {
        body_budget budget(64 * KiB, 1 * KiB);
        auto one = budget.open(peer(1), callers);
        CHECK(one.resize(40 * KiB));
        CHECK(!one.resize(80 * KiB));
        CHECK(budget.held(callers) == 40 * KiB);
        CHECK(one.resize(10 * KiB));
        auto other = budget.open(peer(1), callers);
        CHECK(other.resize(54 * KiB));
    }

    TEST_CASE("lease: gives back when it ends, once, also after it was moved")
    {
        body_budget budget(64 * KiB, 1 * KiB);
        {
            body_budget::lease outer;
            CHECK(!outer);
            {
                auto inner = budget.open(peer(1), callers);
                CHECK(inner.resize(30 * KiB));
                outer = std::move(inner);
            }
            CHECK(budget.held(callers) == 30 * KiB);
        }
        CHECK(budget.held(callers) == 0);
    }

    TEST_CASE("resize: threads that grow at the same moment never hold more than all")
    {
        body_budget budget(1 * MiB, 1 * KiB);
        std::vector<std::vector<body_budget::lease>> held(4);
        std::vector<std::thread> threads;
        for (std::uint32_t t = 0; t < 4; ++t)
            threads.emplace_back([&budget, &mine = held[t], t] {
                for (std::size_t i = 0; i < 100; ++i) {
                    mine.push_back(budget.open(peer(t), callers));
                    static_cast<void>(mine.back().resize(4 * KiB));
                }
            });
        for (auto& one : threads)
            one.join();
        CHECK(budget.held(callers) == 1 * MiB);
        CHECK(budget.refusals(callers) == 400 - 256);
        held.clear();
        CHECK(budget.held(callers) == 0);
    }

    TEST_CASE("change: less than is held -> what is held stays, and nobody gets more")
    {
        body_budget budget(32 * MiB, 1 * MiB);
        auto caller = budget.open(peer(1), callers);
        REQUIRE(caller.resize(16 * MiB));
        budget.change(8 * MiB, 1 * MiB);
        CHECK(budget.share_max(callers) == 8 * MiB);
        CHECK(budget.strangers_max() == 4 * MiB);
        CHECK(!caller.resize(16 * MiB + 1));
        auto stranger = budget.open(peer(2), strangers);
        CHECK(!stranger.resize(1));
        CHECK(caller.resize(1 * MiB));
        CHECK(stranger.resize(1 * MiB));
    }
}

#include "service/http/connection_gate.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace service;
using namespace service::http;

namespace {

using place = connection_gate::place;

peer_group peer(std::uint32_t number)
{
    return {peer_group::kind::ipv4, number};
}

/// Takes this many places for one peer.
std::vector<place> fill(connection_gate& gate, peer_group from, std::size_t count)
{
    std::vector<place> held;
    for (std::size_t i = 0; i < count; ++i) {
        auto entry = gate.enter(from);
        CHECK(entry.how == admittance::served);
        held.push_back(std::move(entry.held));
    }
    return held;
}

}  // namespace

TEST_SUITE("service/http/connection_gate")
{
    TEST_CASE("enter: as many as all peers may have, then full, until a place is given back")
    {
        connection_gate gate({.all = 2, .per_group = 0});
        auto held = fill(gate, peer(1), 2);
        CHECK(gate.enter(peer(2)).how == admittance::full);
        held.pop_back();
        CHECK(gate.enter(peer(2)).how == admittance::served);
    }

    TEST_CASE("served: those that have a place, and none of those that are told that there is none")
    {
        connection_gate gate({.all = 2, .per_group = 0});
        CHECK(gate.served() == 0);
        auto held = fill(gate, peer(1), 2);
        auto const told = gate.enter(peer(2));
        CHECK(told.held);
        CHECK(gate.served() == 2);
        held.clear();
        CHECK(gate.served() == 0);
    }

    TEST_CASE("enter: one peer has its part, and the others still have theirs")
    {
        connection_gate gate({.all = 4, .per_group = 2});
        auto const first = fill(gate, peer(1), 2);
        CHECK(gate.enter(peer(1)).how == admittance::group_full);
        auto const second = fill(gate, peer(2), 2);
        CHECK(gate.enter(peer(3)).how == admittance::full);
    }

    TEST_CASE("enter: a place that was given back counts for its peer no longer")
    {
        connection_gate gate({.all = 4, .per_group = 1});
        auto entry = gate.enter(peer(1));
        CHECK(gate.enter(peer(1)).how == admittance::group_full);
        entry.held.give_back();
        entry.held.give_back();  // the second time it does nothing
        CHECK(gate.enter(peer(1)).how == admittance::served);
    }

    TEST_CASE("enter: those that are told do not take the place of those that are served")
    {
        connection_gate gate({.all = 1, .per_group = 0});
        auto held = fill(gate, peer(1), 1);
        std::vector<connection_gate::entry> told;
        for (std::uint32_t i = 0; i < connection_gate::told_max; ++i) {
            told.push_back(gate.enter(peer(2)));
            CHECK(told.back().how == admittance::full);
        }
        held.clear();
        CHECK(gate.enter(peer(3)).how == admittance::served);
    }

    TEST_CASE("enter: only so many are told at once, the rest are dropped")
    {
        connection_gate gate({.all = 1, .per_group = 0});
        auto const held = fill(gate, peer(1), 1);
        std::vector<connection_gate::entry> told;
        for (std::uint32_t i = 0; i < connection_gate::told_max; ++i)
            told.push_back(gate.enter(peer(2)));
        CHECK(!gate.enter(peer(2)).held);
        told.pop_back();
        CHECK(gate.enter(peer(2)).held);
    }

    TEST_CASE("enter: one peer's part is what is full, also where all is full or too many are told")
    {
        connection_gate gate({.all = 4, .per_group = 2});
        auto const first = fill(gate, peer(1), 2);
        auto const second = fill(gate, peer(2), 2);
        std::vector<connection_gate::entry> told;
        for (std::uint32_t i = 0; i < connection_gate::told_max; ++i) {
            told.push_back(gate.enter(peer(1)));
            CHECK(told.back().how == admittance::group_full);
        }
        auto const silent = gate.enter(peer(1));
        CHECK(!silent.held);
        CHECK(silent.how == admittance::group_full);
        CHECK(gate.enter(peer(3)).how == admittance::full);
    }

    TEST_CASE("place: one of those that are served or of those that are told")
    {
        connection_gate gate({.all = 1, .per_group = 0});
        auto served = gate.enter(peer(1));
        auto const told = gate.enter(peer(1));
        CHECK(served.held.is_served());
        CHECK(told.held);
        CHECK(!told.held.is_served());
        served.held.give_back();
        CHECK(!served.held.is_served());
    }

    TEST_CASE("enter: threads that accept at the same moment never let in one too many")
    {
        connection_gate gate({.all = 100, .per_group = 60});
        std::vector<std::vector<place>> held(4);
        std::vector<std::thread> threads;
        for (std::uint32_t t = 0; t < 4; ++t)
            threads.emplace_back([&gate, &mine = held[t], t] {
                for (int i = 0; i < 200; ++i)
                    if (auto entry = gate.enter(peer(t % 2)); entry.how == admittance::served)
                        mine.push_back(std::move(entry.held));
            });
        for (auto& one : threads)
            one.join();
        CHECK(held[0].size() + held[2].size() <= 60);
        CHECK(held[1].size() + held[3].size() <= 60);
        CHECK(held[0].size() + held[1].size() + held[2].size() + held[3].size() == 100);
        held.clear();
        CHECK(fill(gate, peer(9), 60).size() == 60);
    }

    TEST_CASE("change: fewer than there are -> nobody loses a place, and nobody new gets one")
    {
        connection_gate gate({.all = 4, .per_group = 0});
        auto held = fill(gate, peer(1), 4);
        gate.change({.all = 2, .per_group = 0});
        CHECK(gate.bounds().all == 2);
        held.pop_back();
        CHECK(gate.enter(peer(2)).how == admittance::full);
        held.clear();
        CHECK(gate.enter(peer(2)).how == admittance::served);
    }

    TEST_CASE("change: a limit for each peer counts those that come from then on")
    {
        connection_gate gate({.all = 8, .per_group = 0});
        auto before = fill(gate, peer(1), 2);
        gate.change({.all = 8, .per_group = 2});
        auto const after = fill(gate, peer(1), 2);
        CHECK(gate.enter(peer(1)).how == admittance::group_full);
        before.clear();
        CHECK(gate.enter(peer(1)).how == admittance::group_full);
    }
}

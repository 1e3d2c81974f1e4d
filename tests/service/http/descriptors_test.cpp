#include "service/http/descriptors.hpp"
#include "service/runtime/episode.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace service::http;
using namespace std::chrono_literals;

namespace {

descriptor_needs usual()
{
    descriptor_needs of;
    of.data_listeners = 2;
    of.admin_listeners = 2;
    of.acceptors = 6;
    of.workers = 2;
    of.issuers = 3;
    of.connections = 4096;
    of.admin_connections = 256;
    return of;
}

}  // namespace

TEST_SUITE("service/http/descriptors")
{
    TEST_CASE("plan_descriptors: with a high hard limit, what is needed, and nothing is lowered")
    {
        auto const plan = plan_descriptors(usual(), 1'000'000);
        CHECK(plan.needed > 2 * 4096 + 2 * 256);
        CHECK(plan.needed < 2 * 4096 + 2 * 256 + 1000);
        CHECK(plan.connections == 4096);
        CHECK(plan_descriptors(usual(), plan.needed).connections == 4096);
    }

    TEST_CASE("plan_descriptors: with a lower one, the data listeners share what health leaves")
    {
        auto const needed = plan_descriptors(usual(), 1'000'000).needed;
        CHECK(plan_descriptors(usual(), needed - 1).connections == 4095);
        auto const plan = plan_descriptors(usual(), 4096);
        CHECK(plan.needed == needed);
        CHECK(plan.connections > 1000);
        auto fewer = usual();
        fewer.connections = plan.connections;
        CHECK(plan_descriptors(fewer, 4096).needed <= 4096);  // the lowered promise holds
    }

    TEST_CASE("plan_descriptors: a limit that is too low for any service gives 0 connections")
    {
        CHECK(plan_descriptors(usual(), 256).connections == 0);
        CHECK(plan_descriptors(usual(), 0).connections == 0);
        auto small = usual();
        small.data_listeners = 1;
        small.connections = 2;
        small.admin_connections = 8;
        CHECK(plan_descriptors(small, 1024).connections == 2);
    }

    TEST_CASE("spare_descriptors: each is given up once, and comes back by refill")
    {
        spare_descriptors spares;
        int count = 0;
        while (count < 100 && spares.give_up_one(spare_descriptors::use::health))
            ++count;
        CHECK(count > 0);
        CHECK(count < 100);
        CHECK(!spares.give_up_one(spare_descriptors::use::health));
        spares.refill();
        CHECK(spares.give_up_one(spare_descriptors::use::health));
    }

    TEST_CASE("spare_descriptors: others leave health its half")
    {
        using use = spare_descriptors::use;
        spare_descriptors spares;
        int others = 0, health = 0;
        while (others < 100 && spares.give_up_one(use::others))
            ++others;
        CHECK(others > 0);
        while (health < 100 && spares.give_up_one(use::health))
            ++health;
        CHECK(health == others);
        CHECK(spares.has_those_of_health());  // there are descriptors: they are opened again
        CHECK(spares.give_up_one(use::others));
    }

    TEST_CASE("is_from_reserve: only numbers close to the limit of open files")
    {
        CHECK(!is_from_reserve(10));
        auto const limit = raise_descriptor_limit();
        CHECK(limit == raise_descriptor_limit());
        if (limit < 1'000'000'000)
            CHECK(is_from_reserve(static_cast<int>(limit) - 1));
    }
}

TEST_SUITE("service/runtime/episode")
{
    TEST_CASE("begins: with the first problem after a while without one")
    {
        episode of;
        auto const start = std::chrono::steady_clock::time_point{} + 1h;
        CHECK(of.begins(start));
        CHECK(!of.begins(start + 1s));
        CHECK(!of.begins(start + 31s));  // 30 s after the last one
        CHECK(of.begins(start + 62s));
    }
}

#include "core/crypto/table_policy.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>

using core::crypto::table_policy;

namespace {

std::array<char, 20'000> names;

table_policy::key_id key(std::size_t which)
{
    return &names[which];
}

constexpr unsigned enough = table_policy::uses_to_earn;

/// Notes 100 uses at a time, as threads do, until the key has had so many.
table_policy::outcome use(table_policy& policy, std::size_t which, unsigned uses)
{
    table_policy::outcome last;
    for (unsigned i = 0; i < uses && !last.earns; i += 100)
        last = policy.note(key(which), 100);
    return last;
}

}  // namespace

TEST_SUITE("core/crypto/table_policy")
{
    TEST_CASE("table_policy: a key earns a table with its uses, and not before")
    {
        table_policy policy(2);
        CHECK(!use(policy, 0, enough - 100).earns);
        CHECK(!policy.has_place(key(0)));
        CHECK(use(policy, 0, 100).earns);
        CHECK(policy.has_place(key(0)));
        CHECK(!use(policy, 0, 10 * enough).earns);
    }

    TEST_CASE("table_policy: uses by other keys earn a key nothing")
    {
        table_policy policy(4);
        for (std::size_t i = 0; i < 100; ++i)
            CHECK(!use(policy, 100 + i, enough - 100).earns);
        CHECK(!use(policy, 0, 100).earns);
    }

    TEST_CASE("table_policy: without places nothing is earned")
    {
        table_policy policy(0);
        CHECK(!use(policy, 0, 10 * enough).earns);
    }

    TEST_CASE("table_policy: when it is full, the key that was not used for longest gives way")
    {
        table_policy policy(2);
        CHECK(use(policy, 0, enough).earns);
        CHECK(use(policy, 1, enough).earns);
        policy.note(key(0), 100);  // now 1 was not used for longest
        auto const what = use(policy, 2, enough);
        CHECK(what.earns);
        CHECK(what.gives_up == key(1));
        CHECK(policy.has_place(key(0)));
        CHECK(!policy.has_place(key(1)));
    }

    TEST_CASE("table_policy: a key that is still used does not give way, until it is not")
    {
        table_policy policy(1);
        CHECK(use(policy, 0, enough).earns);
        for (int i = 0; i < 20; ++i) {
            CHECK(!use(policy, 1, enough / 2).earns);
            policy.note(key(0), 100);
            CHECK(!use(policy, 1, enough / 2).earns);
        }
        CHECK(use(policy, 1, 2 * enough).gives_up == key(0));
    }

    TEST_CASE("table_policy: keys that are used in turn take no places from each other")
    {
        table_policy policy(64);
        unsigned earned = 0;
        for (int round = 0; round < 100; ++round) {
            for (std::size_t i = 0; i < 10'000; ++i)
                earned += policy.note(key(i), 100).earns ? 1 : 0;
        }
        CHECK(earned == 64);
    }

    TEST_CASE("table_policy: a forgotten key leaves a free place and begins again")
    {
        table_policy policy(1);
        CHECK(use(policy, 0, enough).earns);
        policy.forget(key(0));
        CHECK(!policy.has_place(key(0)));
        auto const what = use(policy, 1, enough);
        CHECK(what.earns);
        CHECK(what.gives_up == nullptr);
        CHECK(!use(policy, 0, enough - 100).earns);
    }

    TEST_CASE("table_policy: many keys that never earn one do not grow it without end")
    {
        table_policy policy(1);
        CHECK(!use(policy, 0, enough - 100).earns);
        for (std::size_t i = 1; i <= table_policy::counted_max; ++i)
            policy.note(key(i), 100);
        CHECK(!use(policy, 0, 100).earns);  // it was forgotten
        CHECK(use(policy, 0, enough).earns);
    }

    TEST_CASE("table_policy: whatever the order, there are never more keys than places")
    {
        std::mt19937 random(20'240'511);
        for (std::size_t const places : {1U, 2U, 7U}) {
            table_policy policy(places);
            std::set<table_policy::key_id> holders;
            for (int i = 0; i < 20'000; ++i) {
                auto const which = random() % 8 * (random() % 8) / 3;
                if (random() % 500 == 0) {
                    policy.forget(key(which));
                    holders.erase(key(which));
                    continue;
                }
                auto const what = policy.note(key(which), 100);
                if (what.gives_up != nullptr)
                    REQUIRE(holders.erase(what.gives_up) == 1);
                if (what.earns)
                    REQUIRE(holders.insert(key(which)).second);
                REQUIRE(holders.size() <= places);
                REQUIRE(policy.has_place(key(which)) == holders.contains(key(which)));
            }
        }
    }
}

#include "service/rotation/revocation_store.hpp"
#include "tests/service/rotation/forgetful_disk.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace std::chrono_literals;
using service::revocation_store;

namespace {

core::instant const noon = core::instant{} + 20'000 * 24h;

/// One process.
struct replica {
    explicit replica(forgetful_disk& on) : folder(on), store(folder) {}
    bool knows(std::string const& kid) const { return store.all().contains(kid); }

    forgetful_folder folder;
    revocation_store store;
};

}  // namespace

TEST_SUITE("service/rotation/revocation_store")
{
    TEST_CASE("add: this replica knows at once, the others when they look, and a restart too")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(b.store.open(noon) == "");
        CHECK(a.store.add({"k1", noon, "operator"}) == "");
        CHECK(b.store.add({"k2", noon, "operator"}) == "");
        CHECK(a.knows("k1"));
        CHECK(!a.knows("k2"));
        CHECK(a.store.refresh(noon + 1s) == "");
        CHECK(b.store.refresh(noon + 1s) == "");
        CHECK(a.knows("k2"));
        CHECK(b.knows("k1"));
        replica c(disk);
        CHECK(c.store.open(noon) == "");
        CHECK(c.store.all().size() == 2);
    }

    TEST_CASE("reached: counts the replicas that run, and those that have read our journal")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(a.store.reached(noon).replicas == 1);
        CHECK(b.store.open(noon) == "");
        CHECK(a.store.add({"k1", noon, "operator"}) == "");
        auto const before = a.store.reached(noon + 1s);
        CHECK(before.replicas == 2);
        CHECK(before.confirmed == 1);
        CHECK(b.store.refresh(noon + 1s) == "");
        CHECK(a.store.reached(noon + 1s).confirmed == 2);
        // One that is silent has ended, whatever the clocks of the replicas say.
        disk.now += 12s;
        CHECK(a.store.refresh(noon - 1h) == "");
        CHECK(a.store.reached(noon - 1h).replicas == 1);
    }

    TEST_CASE("open: a journal whose process has ended is taken over")
    {
        forgetful_disk disk;
        for (int i = 0; i < 5; ++i) {
            replica one(disk);
            CHECK(one.store.open(noon) == "");
            CHECK(one.store.add({"k" + std::to_string(i), noon, "operator"}) == "");
        }
        CHECK(disk.has("revocations-00"));
        CHECK(!disk.has("revocations-01"));
        replica last(disk);
        CHECK(last.store.open(noon) == "");
        CHECK(last.store.all().size() == 5);
    }

    TEST_CASE("open: a torn end goes, and the next revocation is whole")
    {
        forgetful_disk disk;
        auto const line = core::rotation::journal_line({"k1", noon, "operator"});
        disk.put("revocations-00", line + line.substr(0, 20));
        replica a(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(a.store.add({"k2", noon, "operator"}) == "");
        replica b(disk);
        CHECK(b.store.open(noon) == "");
        CHECK(b.knows("k1"));
        CHECK(b.knows("k2"));
    }

    TEST_CASE("open: a journal that is damaged -> told; the others are in force all the same")
    {
        forgetful_disk disk;
        auto const line = core::rotation::journal_line({"k1", noon, "operator"});
        disk.put("revocations-00", "");
        disk.put("revocations-01", "x" + line);
        disk.put("revocations-02", line);
        replica a(disk);
        CHECK(a.store.open(noon).find("revocations-01 is damaged") != std::string::npos);
        CHECK(a.knows("k1"));
    }

    TEST_CASE("refresh: what was in force stays, also when its journal goes")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(b.store.open(noon) == "");
        CHECK(b.store.add({"k1", noon, "operator"}) == "");
        CHECK(a.store.refresh(noon) == "");
        CHECK(a.folder.remove("revocations-01").is_done());
        CHECK(a.store.refresh(noon + 1s) == "");
        CHECK(a.knows("k1"));
    }

    TEST_CASE("add: a full disk -> told, and nothing half is left for the next one")
    {
        forgetful_disk disk;
        replica a(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(a.store.add({"k1", noon, "operator"}) == "");
        disk.refuse_writes("No space left on device");
        CHECK(a.store.add({"k2", noon, "operator"}) == "No space left on device");
        CHECK(!a.knows("k2"));
        disk.refuse_writes("");
        CHECK(a.store.add({"k3", noon, "operator"}) == "");
        replica b(disk);
        CHECK(b.store.open(noon) == "");
        CHECK(b.store.all().size() == 2);
    }

    TEST_CASE("add: a kid that our journal has already is not written again; another's is")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(b.store.open(noon) == "");
        CHECK(a.store.add({"k1", noon, "operator"}) == "");
        auto const text = disk.content("revocations-00");
        CHECK(a.store.add({"k1", noon + 1s, "operator"}) == "");
        CHECK(disk.content("revocations-00") == text);
        CHECK(b.store.refresh(noon) == "");
        CHECK(b.store.add({"k1", noon, "operator"}) == "");
        CHECK(disk.content("revocations-01") != "");
    }

    TEST_CASE("all: a kid that two replicas revoked has the earlier moment")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.store.open(noon) == "");
        CHECK(b.store.open(noon) == "");
        CHECK(a.store.add({"k1", noon + 5s, "operator"}) == "");
        CHECK(b.store.add({"k1", noon + 3s, "operator"}) == "");
        CHECK(a.store.refresh(noon + 6s) == "");
        CHECK(a.store.all().at("k1") == noon + 3s);
    }

    TEST_CASE("add: the power fails at any operation -> no acknowledged revocation is lost")
    {
        std::uint64_t acknowledged = 0, cuts = 0;
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            forgetful_disk disk(seed);
            std::vector<std::string> told;
            {
                replica a(disk);
                REQUIRE(a.store.open(noon) == "");
                disk.cut_after(1 + seed % 30);
                try {
                    for (int i = 0; i < 8; ++i) {
                        auto const kid = "k" + std::to_string(i);
                        if (a.store.add({kid, noon, "operator"}).empty())
                            told.push_back(kid);
                        // Named first: the framework would take the power cut for a failure.
                        auto const problem = a.store.refresh(noon + i * 3s);
                        REQUIRE(problem == "");
                    }
                } catch (power_cut const&) {
                    ++cuts;
                }
            }
            disk.restart();
            CAPTURE(seed);
            replica b(disk);
            REQUIRE(b.store.open(noon) == "");
            for (auto const& kid : told)
                REQUIRE(b.knows(kid));
            REQUIRE(b.store.add({"last", noon, "operator"}).empty());
            acknowledged += told.size();
        }
        CHECK(cuts > 500);
        CHECK(acknowledged > 500);
    }
}

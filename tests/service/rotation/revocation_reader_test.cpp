#include "service/rotation/revocation_journal.hpp"
#include "service/rotation/revocation_reader.hpp"
#include "tests/service/rotation/forgetful_disk.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace std::chrono_literals;
using service::revocation_journal;
using service::revocation_reader;

namespace {

using core::instant;
instant const noon = instant{} + 20'000 * 24h;

/// One process.
struct replica {
    explicit replica(forgetful_disk& on) : folder(on), journal(folder), reader(folder) {}
    std::string open()
    {
        auto const problem = journal.open();
        return problem.empty() ? refresh(noon) : problem;
    }
    std::string refresh(instant now)
    {
        auto const problem = reader.read();
        auto const untold = journal.tell({reader.octets(), now});
        return problem.empty() ? untold : problem;
    }
    std::string add(core::rotation::revocation const& one) { return journal.add(one).why; }
    revocation_reader::reach reached(instant now)
    {
        return reader.reached(journal.name(), journal.size(), now);
    }
    bool knows(std::string const& kid) const { return reader.all().contains(kid); }

    forgetful_folder folder;
    revocation_journal journal;
    revocation_reader reader;
};

}  // namespace

TEST_SUITE("service/rotation/revocation_reader")
{
    TEST_CASE("add: the others know when they look, and a restart knows all")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.open() == "");
        CHECK(b.open() == "");
        CHECK(a.add({"k1", noon, "operator"}) == "");
        CHECK(b.add({"k2", noon, "operator"}) == "");
        CHECK(!a.knows("k2"));
        CHECK(a.refresh(noon + 1s) == "");
        CHECK(b.refresh(noon + 1s) == "");
        CHECK(a.knows("k2"));
        CHECK(b.knows("k1"));
        replica c(disk);
        CHECK(c.open() == "");
        CHECK(c.reader.all().size() == 2);
    }

    TEST_CASE("reached: counts the replicas that run, and those that have read our journal")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.open() == "");
        CHECK(a.reached(noon).replicas == 1);
        CHECK(b.open() == "");
        CHECK(a.add({"k1", noon, "operator"}) == "");
        auto const before = a.reached(noon + 1s);
        CHECK(before.replicas == 2);
        CHECK(before.confirmed == 1);
        CHECK(b.refresh(noon + 1s) == "");
        CHECK(a.reached(noon + 1s).confirmed == 2);
        // One that is silent has ended, whatever the clocks of the replicas say.
        disk.now += 12s;
        CHECK(a.refresh(noon - 1h) == "");
        CHECK(a.reached(noon - 1h).replicas == 1);
    }

    TEST_CASE("open: a journal whose process has ended is taken over")
    {
        forgetful_disk disk;
        for (int i = 0; i < 5; ++i) {
            replica one(disk);
            CHECK(one.open() == "");
            CHECK(one.add({"k" + std::to_string(i), noon, "operator"}) == "");
        }
        CHECK(disk.has("revocations-00"));
        CHECK(!disk.has("revocations-01"));
        replica last(disk);
        CHECK(last.open() == "");
        CHECK(last.reader.all().size() == 5);
    }

    TEST_CASE("open: a torn end goes, and the next revocation is whole")
    {
        forgetful_disk disk;
        auto const line = core::rotation::journal_line({"k1", noon, "operator"});
        disk.put("revocations-00", line + line.substr(0, 20));
        replica a(disk);
        CHECK(a.open() == "");
        CHECK(a.add({"k2", noon, "operator"}) == "");
        replica b(disk);
        CHECK(b.open() == "");
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
        CHECK(a.open().find("revocations-01 is damaged") != std::string::npos);
        CHECK(a.knows("k1"));
    }

    TEST_CASE("read: what a journal had is not in all() once it is removed, or shortened")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.open() == "");
        CHECK(b.open() == "");
        CHECK(b.add({"k1", noon, "operator"}) == "");
        CHECK(a.refresh(noon) == "");
        CHECK(a.add({"k2", noon, "operator"}) == "");
        CHECK(a.refresh(noon) == "");
        CHECK(a.reader.all().size() == 2);
        auto const version = a.reader.version();
        CHECK(a.folder.remove("revocations-01").is_done());
        CHECK(a.refresh(noon + 1s) == "");
        CHECK(!a.knows("k1"));
        CHECK(a.reader.version() != version);
        CHECK(a.folder.cut("revocations-00", 0).is_done());
        CHECK(a.refresh(noon + 1s) == "");
        CHECK(!a.knows("k2"));
    }

    TEST_CASE("read: a journal with the size that it had is read again when its time is another one"
    )
    {
        forgetful_disk disk;
        disk.put("revocations-00", core::rotation::journal_line({"k1", noon, "operator"}));
        replica a(disk);
        CHECK(a.reader.read() == "");
        disk.now += 1s;
        disk.put("revocations-00", core::rotation::journal_line({"k2", noon, "operator"}));
        CHECK(a.reader.read() == "");
        CHECK(a.knows("k2"));
    }

    TEST_CASE("read: a journal that is damaged later -> told at every look; what it had stays")
    {
        forgetful_disk disk;
        auto const line = core::rotation::journal_line({"k1", noon, "operator"});
        disk.put("revocations-00", line);
        replica a(disk);
        CHECK(a.reader.read() == "");
        disk.now += 1s;
        disk.put("revocations-00", "x" + line.substr(1));
        CHECK(a.reader.read().find("revocations-00 is damaged") != std::string::npos);
        CHECK(a.reader.read().find("revocations-00 is damaged") != std::string::npos);
        CHECK(a.knows("k1"));
    }

    TEST_CASE("reached: a replica without a journal -> only itself")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(b.open() == "");
        CHECK(a.reached(noon).replicas == 1);
    }

    TEST_CASE(
        "add: a flush that fails -> unflushed; the line stays, and is flushed when asked again"
    )
    {
        using kind = service::io_end::kind;
        forgetful_disk disk;
        {
            replica a(disk), b(disk);
            CHECK(a.open() == "");
            CHECK(b.open() == "");
            disk.refuse_flushes("Input/output error");
            CHECK(a.journal.add({"k1", noon, "operator"}).how == kind::unflushed);
            CHECK(b.refresh(noon) == "");
            CHECK(b.knows("k1"));
            CHECK(a.journal.add({"k1", noon, "operator"}).how == kind::unflushed);
            CHECK(a.journal.add({"k2", noon, "operator"}).how == kind::unflushed);
            CHECK(b.refresh(noon) == "");
            CHECK(b.knows("k1"));
            CHECK(b.knows("k2"));
            CHECK(a.reached(noon).confirmed == 2);
            disk.refuse_flushes("");
            CHECK(a.add({"k1", noon, "operator"}) == "");
        }
        disk.restart();
        replica c(disk);
        CHECK(c.open() == "");
        CHECK(c.reader.all().size() == 2);
    }

    TEST_CASE("open: flushes what the process before could not")
    {
        forgetful_disk disk;
        {
            replica a(disk);
            CHECK(a.open() == "");
            disk.refuse_flushes("Input/output error");
            CHECK(a.add({"k1", noon, "operator"}) != "");
        }
        {
            replica b(disk);
            CHECK(b.open() == "Input/output error");
        }
        disk.refuse_flushes("");
        {
            replica c(disk);
            CHECK(c.open() == "");
            CHECK(c.add({"k1", noon, "operator"}) == "");
        }
        disk.restart();
        replica d(disk);
        CHECK(d.open() == "");
        CHECK(d.knows("k1"));
    }

    TEST_CASE("add: a full disk -> told, and nothing half is left for the next one")
    {
        forgetful_disk disk;
        replica a(disk);
        CHECK(a.open() == "");
        CHECK(a.add({"k1", noon, "operator"}) == "");
        disk.refuse_writes("No space left on device");
        CHECK(a.add({"k2", noon, "operator"}) == "No space left on device");
        CHECK(!a.knows("k2"));
        disk.refuse_writes("");
        CHECK(a.add({"k3", noon, "operator"}) == "");
        replica b(disk);
        CHECK(b.open() == "");
        CHECK(b.reader.all().size() == 2);
    }

    TEST_CASE("add: a kid that our journal has already is not written again; another's is")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.open() == "");
        CHECK(b.open() == "");
        CHECK(a.add({"k1", noon, "operator"}) == "");
        auto const text = disk.content("revocations-00");
        CHECK(a.add({"k1", noon + 1s, "operator"}) == "");
        CHECK(disk.content("revocations-00") == text);
        CHECK(b.refresh(noon) == "");
        CHECK(b.add({"k1", noon, "operator"}) == "");
        CHECK(disk.content("revocations-01") != "");
    }

    TEST_CASE("all: a kid that two replicas revoked has the earlier moment")
    {
        forgetful_disk disk;
        replica a(disk), b(disk);
        CHECK(a.open() == "");
        CHECK(b.open() == "");
        CHECK(a.add({"k1", noon + 5s, "operator"}) == "");
        CHECK(b.add({"k1", noon + 3s, "operator"}) == "");
        CHECK(a.refresh(noon + 6s) == "");
        CHECK(a.reader.all().at("k1") == noon + 3s);
    }

    TEST_CASE("add: the power fails at any operation -> no acknowledged revocation is lost")
    {
        std::uint64_t acknowledged = 0, cuts = 0;
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            forgetful_disk disk(seed);
            std::vector<std::string> told;
            {
                replica a(disk);
                REQUIRE(a.open() == "");
                disk.cut_after(1 + seed % 30);
                try {
                    for (int i = 0; i < 8; ++i) {
                        auto const kid = "k" + std::to_string(i);
                        if (a.add({kid, noon, "operator"}).empty())
                            told.push_back(kid);
                        // Named first: the framework would take the power cut for a failure.
                        auto const problem = a.refresh(noon + i * 3s);
                        REQUIRE(problem == "");
                    }
                } catch (power_cut const&) {
                    ++cuts;
                }
            }
            disk.restart();
            CAPTURE(seed);
            replica b(disk);
            REQUIRE(b.open() == "");
            for (auto const& kid : told)
                REQUIRE(b.knows(kid));
            REQUIRE(b.add({"last", noon, "operator"}).empty());
            acknowledged += told.size();
        }
        CHECK(cuts > 500);
        CHECK(acknowledged > 500);
    }
}

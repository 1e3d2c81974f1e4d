#include "tests/service/audit/audit_world.hpp"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace tests;
using core::audit_fault;

namespace {

constexpr core::instant now{std::chrono::seconds{1'000'000}};

service::audit_keeping keeping(audit_folder const& in)
{
    return {in.log(), config::audit_sync::interval, 1024 * 1024, 0, false};
}

std::vector<std::string> records(std::size_t count)
{
    return std::vector<std::string>(count, R"("ts":"t","event":"sign","code":"ok")");
}

bool append(service::audit_file& to, std::size_t count)
{
    auto const all = records(count);
    return to.append(all, now);
}

bool has(std::vector<core::audit_finding> const& all, audit_fault what)
{
    return std::any_of(all.begin(), all.end(), [&](auto const& one) { return one.what == what; });
}

}  // namespace

TEST_SUITE("service/audit/audit_file")
{
    TEST_CASE("append: records are there when it returns, in a file for us only, and verify")
    {
        audit_folder const in;
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 3));
        CHECK(audit_findings(in, {"audit.log"}).empty());
        CHECK(log.last().seq == 4);  // with `begin`
        struct stat found {};
        REQUIRE(::stat(in.log().c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0600);
    }

    TEST_CASE(
        "open: a later start continues the chain, also one that ended without noting its position"
    )
    {
        audit_folder const in;
        {
            service::audit_file log(keeping(in), nullptr);
            REQUIRE(log.open(now));
            CHECK(append(log, 2));
            auto const earlier = in.text("audit.log.position");
            CHECK(append(log, 2));
            log.close();
            in.write("audit.log.position", earlier);
        }
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(log.last().seq == 5);
        CHECK(append(log, 1));
        CHECK(in.names() == std::vector<std::string>{"audit.log", "audit.log.position"});
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE(
        "append: at its size a file ends, the next one continues it, and the oldest are dropped"
    )
    {
        audit_folder const in;
        auto how = keeping(in);
        how.file_bytes = 2000;
        how.files = 2;
        service::audit_file log(how, nullptr);
        REQUIRE(log.open(now));
        for (int i = 0; i < 40; ++i)
            REQUIRE(append(log, 1));
        auto names = in.names();
        REQUIRE(names.size() == 4);  // two ended files, the current one and its position
        CHECK(names[0] == "audit.log");
        CHECK(names[3] == "audit.log.position");
        CHECK(audit_findings(in, {names[1], names[2], "audit.log"}).empty());
        CHECK(audit_findings(in, {names[1]}).empty());  // it has its end
        CHECK(has(audit_findings(in, {names[1], "audit.log"}), audit_fault::missing));
    }

    TEST_CASE("append: strangers have two files, of which the older one is replaced")
    {
        audit_folder const in;
        auto how = keeping(in);
        how.file_bytes = 2000;
        how.keeps_one = true;
        service::audit_file log(how, nullptr);
        REQUIRE(log.open(now));
        for (int i = 0; i < 100; ++i)
            REQUIRE(append(log, 1));
        CHECK(
            in.names()
            == std::vector<std::string>{"audit.log", "audit.log.old", "audit.log.position"}
        );
        CHECK(audit_findings(in, {"audit.log.old", "audit.log"}).empty());
        CHECK(in.text("audit.log").size() + in.text("audit.log.old").size() < 4000);
    }

    TEST_CASE("append: on a full disk nothing of the records is there, and later ones continue")
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 1));
        auto const before = in.text("audit.log");
        auto const last = log.last();
        {
            full_disk const disk(before.size() + 100);  // room for a part of the first one
            CHECK(!append(log, 3));
            CHECK(!log.is_open());
            CHECK(log.problem().find(in.log()) != std::string::npos);
            CHECK(in.text("audit.log") == before);
            CHECK(log.last() == last);
            CHECK(!append(log, 1));
        }
        REQUIRE(log.open(now));
        CHECK(append(log, 2));
        CHECK(log.last().seq == last.seq + 2);
        CHECK(in.names().size() == 2);
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("open: a file that ends within a record is set aside, and the next one continues")
    {
        audit_folder const in;
        {
            service::audit_file log(keeping(in), nullptr);
            REQUIRE(log.open(now));
            CHECK(append(log, 3));
        }
        in.write("audit.log", in.text("audit.log") + "{\"seq\":5,\"prev\":\"AAAA");
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 1));
        auto const names = in.names();
        REQUIRE(names.size() == 3);
        CHECK(names[1] == "audit.log.00000000000000000004.aside");
        auto const found = audit_findings(in, {names[1], "audit.log"});
        REQUIRE(found.size() == 1);  // no record is missing
        CHECK(found.front().what == audit_fault::torn);
    }

    TEST_CASE("open: records of a write that was torn, which no position knows, are continued too")
    {
        audit_folder const in;
        {
            service::audit_file log(keeping(in), nullptr);
            REQUIRE(log.open(now));
            CHECK(append(log, 1));
            auto const earlier = in.text("audit.log.position");
            CHECK(append(log, 5));
            log.close();
            in.write("audit.log.position", earlier);
        }
        auto text = in.text("audit.log");
        text.resize(text.size() - 20);  // within the last one
        in.write("audit.log", text);
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 1));
        auto const names = in.names();
        REQUIRE(names.size() == 3);
        CHECK(names[1] == "audit.log.00000000000000000006.aside");
        auto const found = audit_findings(in, {names[1], "audit.log"});
        REQUIRE(found.size() == 1);  // no number is there twice, and none is missing
        CHECK(found.front().what == audit_fault::torn);
    }

    TEST_CASE("open: a file of another kind, or a position of one, is set aside, and a chain begins"
    )
    {
        audit_folder const in;
        in.write("audit.log", "{\"version\":9,\"records\":[]}\n");
        in.write("audit.log.position", "9:of another version\n");
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 1));
        CHECK(audit_findings(in, {"audit.log"}).empty());
        auto const names = in.names();
        REQUIRE(names.size() == 3);
        CHECK(names[1] == "audit.log.00000000000000000000.aside");
        CHECK(in.text(names[1]) == "{\"version\":9,\"records\":[]}\n");
    }

    TEST_CASE("append: a clock that jumps an hour either way leaves the order to the numbers")
    {
        audit_folder const in;
        service::audit_file log(keeping(in), nullptr);
        constexpr std::chrono::hours jump{1};
        REQUIRE(log.open(now));
        auto const one = records(1);
        CHECK(log.append(one, now + jump));
        CHECK(log.append(one, now - jump));
        CHECK(log.look_after(now + jump));
        CHECK(log.last().seq == 3);
        log.close();
        REQUIRE(log.open(now - jump));
        CHECK(log.append(one, now - jump));
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("append: a batch that is longer than a file may be is in one file, as a whole")
    {
        audit_folder const in;
        auto how = keeping(in);
        how.file_bytes = 2000;
        service::audit_file log(how, nullptr);
        REQUIRE(log.open(now));
        for (int i = 0; i < 3; ++i)
            CHECK(append(log, 100));
        std::vector<std::string> files;
        for (auto const& name : in.names()) {
            if (name.find(".0") != std::string::npos)
                files.push_back(name);
        }
        files.emplace_back("audit.log");
        CHECK(audit_findings(in, files).empty());
    }

    TEST_CASE("look_after: a position file that is gone, or another one, is made again")
    {
        audit_folder const in;
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 2));
        auto const said = in.text("audit.log.position");
        std::filesystem::remove(in.path("audit.log.position"));
        CHECK(log.look_after(now));
        CHECK(in.text("audit.log.position") == said);
        std::filesystem::rename(in.path("audit.log.position"), in.path("moved"));
        in.write("audit.log.position", "");
        CHECK(log.look_after(now));
        CHECK(in.text("audit.log.position") == said);
        CHECK(append(log, 1));
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE(
        "open: a file that was cut between two starts is set aside, and what is missing is found"
    )
    {
        audit_folder const in;
        {
            service::audit_file log(keeping(in), nullptr);
            REQUIRE(log.open(now));
            CHECK(append(log, 3));
        }
        auto text = in.text("audit.log");
        text.resize(text.rfind('\n', text.size() - 2) + 1);  // without the last record
        in.write("audit.log", text);
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(log.last().seq == 5);
        auto const names = in.names();
        REQUIRE(names.size() == 3);
        CHECK(has(audit_findings(in, {names[1], "audit.log"}), audit_fault::missing));
    }

    TEST_CASE("open: a file that was removed is followed by one that continues its numbers")
    {
        audit_folder const in;
        {
            service::audit_file log(keeping(in), nullptr);
            REQUIRE(log.open(now));
            CHECK(append(log, 3));
        }
        std::filesystem::remove(in.log());
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(log.last().seq == 5);
    }

    TEST_CASE("open: what others may write, a link, a folder, a pipe -> refused, with the reason")
    {
        audit_folder const in;
        auto const refused = [&](std::string_view reason) {
            service::audit_file log(keeping(in), nullptr);
            CHECK(!log.open(now));
            CAPTURE(log.problem());
            CHECK(log.problem().find(reason) != std::string::npos);
            std::filesystem::remove(in.log());
        };
        in.write("audit.log", "");
        std::filesystem::permissions(in.log(), std::filesystem::perms::all);
        refused("others may write");
        in.write("elsewhere", "");
        std::filesystem::create_symlink(in.path("elsewhere"), in.log());
        refused("symbolic link");
        std::filesystem::create_directory(in.log());
        refused("directory");
        REQUIRE(::mkfifo(in.log().c_str(), 0600) == 0);
        refused("regular file");
        service::audit_file nowhere({in.path("none/audit.log"), {}, 1 << 20, 0, false}, nullptr);
        CHECK(!nowhere.open(now));
        CHECK(nowhere.problem().find("No such file") != std::string::npos);
    }

    TEST_CASE("open: a second writer of the same file -> refused, and the first one goes on")
    {
        audit_folder const in;
        service::audit_file first(keeping(in), nullptr), second(keeping(in), nullptr);
        REQUIRE(first.open(now));
        CHECK(!second.open(now));
        CHECK(second.problem().find("another process writes it") != std::string::npos);
        CHECK(append(first, 1));
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("look_after: a file that was moved or shortened -> the next one continues the chain")
    {
        audit_folder const in;
        service::audit_file log(keeping(in), nullptr);
        REQUIRE(log.open(now));
        CHECK(append(log, 1));
        std::filesystem::rename(in.log(), in.path("moved"));
        CHECK(log.look_after(now));
        CHECK(append(log, 1));
        CHECK(audit_findings(in, {"moved", "audit.log"}).empty());
        in.write("audit.log", "");
        CHECK(log.look_after(now));
        CHECK(append(log, 1));
        CHECK(log.last().seq == 6);
        CHECK(!audit_findings(in, {"moved", "audit.log"}).empty());
    }

    TEST_CASE("append: `always` syncs each time, `interval` when it is looked after, `never` not")
    {
        for (auto const how :
             {config::audit_sync::always, config::audit_sync::interval,
              config::audit_sync::never}) {
            audit_folder const in;
            auto keep = keeping(in);
            keep.fsync = how;
            service::audit_file log(keep, nullptr);
            REQUIRE(log.open(now));
            auto const before = log.syncs();
            CHECK(append(log, 1));
            CHECK(log.syncs() - before == (how == config::audit_sync::always ? 1 : 0));
            CHECK(log.look_after(now));
            CHECK(log.syncs() - before == (how == config::audit_sync::never ? 0 : 1));
        }
    }

    TEST_CASE("append: with a secret, nobody without it can verify or continue the chain")
    {
        auto const secret =
            core::crypto::import_secret(core::secret_bytes(std::string(32, 's'))).value();
        audit_folder const in;
        {
            service::audit_file log(keeping(in), secret);
            REQUIRE(log.open(now));
            CHECK(append(log, 2));
        }
        CHECK(audit_findings(in, {"audit.log"}, secret).empty());
        CHECK(has(audit_findings(in, {"audit.log"}), audit_fault::changed));
        service::audit_file other(keeping(in), nullptr);
        REQUIRE(other.open(now));
        CHECK(in.names().size() == 3);  // the file of the other chain is set aside
    }
}

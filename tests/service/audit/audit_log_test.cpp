#include "service/audit/audit_log.hpp"
#include "service/runtime/startup_error.hpp"
#include "tests/service/audit/audit_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <csignal>
#include <mutex>
#include <thread>

using namespace tests;
namespace asio = boost::asio;

namespace {

config::audit_settings settings_in(audit_folder const& in)
{
    config::audit_settings with;
    with.file = in.log();
    with.timeout = std::chrono::milliseconds(20'000);  // a busy machine is no failure
    return with;
}

std::string record_of(std::string_view event)
{
    return "\"ts\":\"t\",\"event\":\"" + std::string(event) + "\",\"code\":\"ok\"";
}

/// How a wait for records ended.
struct ending {
    bool is_known = false, is_recorded = false;
};

asio::awaitable<void> wait_for(
    service::audit_log& log, std::vector<std::string> members, ending& into, service::record_of of
)
{
    auto recording = log.record(std::move(members), of);
    into.is_recorded = co_await std::move(recording);
    into.is_known = true;
}

void spawn(
    asio::io_context& io, service::audit_log& log, std::size_t records, ending& into,
    service::record_of of = service::record_of::undone
)
{
    std::vector<std::string> members(records, record_of("sign"));
    auto one = wait_for(log, std::move(members), into, of);
    asio::co_spawn(io, std::move(one), asio::detached);
}

std::size_t count_of(std::string const& text, std::string_view part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

/// The sum of all records `lost`: the writer may have begun before the last one was dropped.
std::uint64_t lost_in(std::string_view text)
{
    constexpr std::string_view before = "\"event\":\"lost\",\"code\":\"ok\",\"records\":";
    std::uint64_t sum = 0;
    for (auto at = text.find(before); at != text.npos; at = text.find(before, at + 1))
        sum += std::stoull(std::string(text.substr(at + before.size(), 20)));
    return sum;
}

}  // namespace

TEST_SUITE("service/audit/audit_log")
{
    using core::audit_lane;

    TEST_CASE(
        "record: the records are in the file when the wait ends, for all that wait on any loop"
    )
    {
        audit_folder const in;
        service::audit_log log(settings_in(in));
        asio::io_context first, second;
        std::array<ending, 8> ends;
        for (std::size_t i = 0; i < ends.size(); ++i)
            spawn(i % 2 == 0 ? first : second, log, 2, ends[i]);
        first.run();
        second.run();
        for (auto const& one : ends)
            CHECK(one.is_recorded);
        CHECK(count_of(in.text("audit.log"), "\"event\":\"sign\"") == 16);
        CHECK(log.now().written[0] == 16);
        CHECK(log.now().seq == 17);
        log.close();
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("note: strangers' records are in a chain and files of their own")
    {
        audit_folder const in;
        {
            service::audit_log log(settings_in(in));
            log.note(audit_lane::callers, record_of("reload"));
            log.note(audit_lane::strangers, record_of("verify"));
        }
        CHECK(count_of(in.text("audit.log"), "\"event\":\"reload\"") == 1);
        CHECK(count_of(in.text("audit.log"), "\"event\":\"verify\"") == 0);
        CHECK(count_of(in.text("audit.log.strangers"), "\"event\":\"verify\"") == 1);
        CHECK(audit_findings(in, {"audit.log"}).empty());
        CHECK(audit_findings(in, {"audit.log.strangers"}).empty());
    }

    TEST_CASE(
        "note: strangers who send without end take no room of callers', in memory or on the disk"
    )
    {
        audit_folder const in;
        auto with = settings_in(in);
        with.stranger_bytes = 128 * 1024;
        service::audit_log log(with);
        for (int i = 0; i < 20'000; ++i)
            log.note(audit_lane::strangers, record_of("verify"));
        asio::io_context io;
        ending how;
        spawn(io, log, 1, how);
        io.run();
        CHECK(how.is_recorded);
        log.close();
        auto const seen = log.now();
        CHECK(seen.written[1] + seen.dropped[1] == 20'000);
        auto const size =
            in.text("audit.log.strangers").size() + in.text("audit.log.strangers.old").size();
        CHECK(size < 128 * 1024 + 2 * 512);  // with the last record of each
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE(
        "record: on a full disk it ends without a record, and goes on when there is room again"
    )
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        service::audit_log log(settings_in(in));
        asio::io_context io;
        {
            full_disk const disk(in.text("audit.log").size() + 10);
            ending how;
            spawn(io, log, 1, how);
            io.run();
            io.restart();
            CHECK(how.is_known);
            CHECK(!how.is_recorded);
            CHECK(log.is_failing());
            log.note(audit_lane::callers, record_of("reload"));
            ending refused;
            spawn(io, log, 1, refused);
            io.run();
            io.restart();
            CHECK(!refused.is_recorded);
        }
        log.tick();
        ending how;
        while (log.is_failing()) {  // its thread tries again at a tick
            log.tick();
            std::this_thread::yield();
        }
        spawn(io, log, 1, how);
        io.run();
        CHECK(how.is_recorded);
        log.close();
        auto const text = in.text("audit.log");
        CHECK(count_of(text, "\"event\":\"sign\"") == 1);
        CHECK(count_of(text, "\"event\":\"lost\"") == 1);
        CHECK(log.now().refused >= 2);
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE(
        "record: a disk that takes longer than the timeout -> no record is known, though it comes"
    )
    {
        audit_folder const in;
        auto with = settings_in(in);
        with.timeout = std::chrono::milliseconds(100);
        std::mutex disk;  // the writer asks for the time before it writes
        service::audit_log log(with, [&disk] {
            std::scoped_lock const wait(disk);
            return core::instant{};
        });
        asio::io_context io;
        ending how;
        {
            std::scoped_lock const busy(disk);
            spawn(io, log, 1, how);
            io.run();
        }
        CHECK(how.is_known);
        CHECK(!how.is_recorded);
        log.close();
        CHECK(count_of(in.text("audit.log"), "\"event\":\"sign\"") == 1);
        CHECK(log.now().refused == 1);
    }

    TEST_CASE("record: what is done already and cannot be recorded is counted as lost")
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        service::audit_log log(settings_in(in));
        asio::io_context io;
        ending how, again;
        {
            full_disk const disk(in.text("audit.log").size() + 10);
            spawn(io, log, 1, how, service::record_of::done);
            spawn(io, log, 1, again, service::record_of::done);
            io.run();
        }
        CHECK(how.is_known);
        CHECK(!how.is_recorded);
        CHECK(!again.is_recorded);
        while (log.is_failing()) {
            log.tick();
            std::this_thread::yield();
        }
        log.close();
        CHECK(
            count_of(in.text("audit.log"), "\"event\":\"lost\",\"code\":\"ok\",\"records\":2") == 1
        );
        CHECK(log.now().dropped[0] == 2);
        CHECK(log.now().refused == 0);
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("note: callers' records for which the queue has no room are counted in the file too")
    {
        audit_folder const in;
        auto with = settings_in(in);
        with.queue_bytes = 8 * 1024;
        std::mutex disk;  // the writer asks for the time before it writes
        std::uint64_t dropped = 0;
        {
            service::audit_log log(with, [&disk] {
                std::scoped_lock const wait(disk);
                return core::instant{};
            });
            {
                std::scoped_lock const busy(disk);
                for (int i = 0; i < 200; ++i)
                    log.note(audit_lane::callers, record_of("admin"));
                dropped = log.now().dropped[0];
            }
            log.tick();
        }
        CHECK(dropped > 0);
        auto const text = in.text("audit.log");
        CHECK(count_of(text, "\"event\":\"admin\"") == 200 - dropped);
        CHECK(lost_in(text) == dropped);
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("record: after close nothing is written, and nobody waits for it")
    {
        audit_folder const in;
        service::audit_log log(settings_in(in));
        log.close();
        asio::io_context io;
        ending how;
        spawn(io, log, 1, how);
        io.run();
        CHECK(how.is_known);
        CHECK(!how.is_recorded);
        log.note(audit_lane::callers, record_of("stop"));
        CHECK(count_of(in.text("audit.log"), "\"event\":\"stop\"") == 0);
        CHECK(log.now().dropped[0] == 1);
    }

    TEST_CASE("audit_log: a file that cannot be opened -> startup_error that names it")
    {
        audit_folder const in;
        config::audit_settings with;
        with.file = in.path("none/audit.log");
        std::string why;
        try {
            service::audit_log const log(with);
        } catch (service::startup_error const& problem) {
            why = problem.text;
        }
        CHECK(why.find(with.file) != std::string::npos);
    }
}

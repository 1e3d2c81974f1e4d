#include "service/app/app.hpp"
#include "tests/service/live_service.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace tests;
using namespace std::chrono_literals;

namespace {

/// The 100 says that the head is read and the body is waited for.
std::string const head_that_waits =
    "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";

/// A folder that goes with the test.
struct folder {
    std::string path;
    folder()
    {
        char name[] = "/tmp/signet-test-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~folder() { std::filesystem::remove_all(path); }
};

config::settings on_unix(std::string const& path)
{
    auto with = live_settings();
    with.server.listen[0].address = {};
    with.server.listen[0].address.unix_path = path;
    return with;
}

/// Waits until /readyz says 503: the stop has begun.
bool wait_for_draining(live_service& running)
{
    for (int i = 0; i < 200; ++i) {
        if (get(running.admin_port(), "/readyz").status == 503)
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

}  // namespace

TEST_SUITE("service/app/app")
{
    TEST_CASE("stop: a request that is under way is finished, with Connection: close")
    {
        auto with = live_settings();
        with.server.threads = 1;
        live_service running(with);
        connection one(running.port()), idle(running.port());
        CHECK(idle.exchange(good_get).status == 200);
        one.send(head_that_waits);
        REQUIRE(one.receive().status == 100);
        running.app().stop();
        CHECK(idle.is_closed());  // its worker knows of the stop
        one.send("{}");
        auto const got = one.receive();
        CHECK(got.status == 400);
        CHECK(got.says_close());
        running.wait_for_end();
    }

    TEST_CASE("stop: idle connections end at once, and nothing is accepted any more")
    {
        live_service running;
        connection idle(running.port());
        CHECK(idle.exchange(good_get).status == 200);
        running.app().stop();
        CHECK(idle.is_closed());
        running.wait_for_end();
        CHECK_THROWS(connection(running.port()));
    }

    TEST_CASE("stop: during drain_delay readyz is 503 and requests are still served")
    {
        auto with = live_settings();
        with.server.drain_delay = config::seconds(1);
        live_service running(with);
        running.app().stop();
        REQUIRE(wait_for_draining(running));
        auto const ready = get(running.admin_port(), "/readyz");
        CHECK(member(ready, "code") == "shutting_down");
        CHECK(get(running.admin_port(), "/livez").status == 200);
        CHECK(ask(running.port(), good_get).status == 200);
        running.wait_for_end();
    }

    TEST_CASE("stop: during drain_delay every reply ends its connection and says so")
    {
        auto with = live_settings();
        with.server.drain_delay = config::seconds(60);
        live_service running(with);
        connection kept(running.port());
        CHECK(!kept.exchange(good_get).says_close());
        running.app().stop();
        REQUIRE(wait_for_draining(running));
        auto const got = kept.exchange(good_get);
        CHECK(got.status == 200);
        CHECK(got.says_close());
        CHECK(kept.is_closed());
        auto const fresh = ask(running.port(), good_get);
        CHECK(fresh.status == 200);
        CHECK(fresh.says_close());
        CHECK(get(running.admin_port(), "/readyz").says_close());
    }

    TEST_CASE("stop: connections that a busy worker has not accepted yet are served")
    {
        auto with = live_settings();
        with.server.threads = 2;
        live_service running(with);
        std::promise<void> entered, open;
        auto const opened = open.get_future().share();
        boost::asio::post(running.app().workers()[1]->io, [&entered, opened] {
            entered.set_value();
            opened.wait();
        });
        entered.get_future().wait();
        std::vector<std::unique_ptr<connection>> all;
        for (int i = 0; i < 16; ++i) {  // the kernel gives some of them to each worker
            all.push_back(std::make_unique<connection>(running.port()));
            all.back()->send(good_get);
        }
        running.app().stop();
        std::this_thread::sleep_for(100ms);  // the other worker has nothing left to do
        open.set_value();
        for (auto const& one : all)
            CHECK(one->receive().status == 200);
        running.wait_for_end();
    }

    TEST_CASE("listen: [::] accepts IPv4 too, unless another listener has IPv4 on its port")
    {
        auto with = live_settings();
        with.server.listen[0].address = {"::", 0, {}};
        with.limits.connections_per_address = 1;
        live_service running(with);
        connection by_ipv4(running.port());
        CHECK(by_ipv4.exchange(good_get).status == 200);
        connection second(running.port());  // the limit of one IPv4 address holds for it
        CHECK(second.receive().status == 503);

        auto two = live_settings();
        two.admin.listen.clear();
        two.admin.probes = {{.address = {"::", 0, {}}}};
        CHECK(config::accepts_both_families(two, {"::", 8080, {}}));
        CHECK(!config::accepts_both_families(two, {"::1", 8080, {}}));
        CHECK(!config::accepts_both_families(two, {"0.0.0.0", 8080, {}}));
        two.server.listen[0].address = {"127.0.0.1", 8080, {}};
        CHECK(!config::accepts_both_families(two, {"::", 8080, {}}));
        CHECK(config::accepts_both_families(two, {"::", 8081, {}}));
        CHECK(config::accepts_both_families(two, {"::", 0, {}}));
        two.server.listen[0].address = {"2001:db8::1", 8080, {}};
        CHECK(config::accepts_both_families(two, {"::", 8080, {}}));
    }

    TEST_CASE("stop: drain_limit ends what does not end by itself")
    {
        auto with = live_settings();
        with.server.drain_limit = config::seconds(0);
        live_service running(with);
        connection one(running.port());
        one.send(head_that_waits);
        REQUIRE(one.receive().status == 100);
        running.app().stop();
        running.wait_for_end();
    }

    TEST_CASE("stop: the second one ends everything now")
    {
        auto with = live_settings();
        with.server.drain_delay = config::seconds(60);
        live_service running(with);
        running.app().stop();
        running.app().stop();
        running.wait_for_end();
    }

    TEST_CASE("listen: an address that is taken is a startup error, although both could share it")
    {
        live_service first;
        auto with = live_settings();
        with.server.listen[0].address.port = first.port();
        service::app second(with);
        CHECK_THROWS_AS(second.listen(), service::startup_error);
        auto admin = live_settings();
        admin.admin.listen[0].address.port = first.admin_port();
        service::app third(admin);
        CHECK_THROWS_AS(third.listen(), service::startup_error);
    }

    TEST_CASE("listen: a Unix socket of mode 0660 that goes with the service")
    {
        folder in;
        auto const path = in.path + "/signet.sock";
        {
            live_service running(on_unix(path));
            struct stat found {};
            REQUIRE(::lstat(path.c_str(), &found) == 0);
            CHECK(S_ISSOCK(found.st_mode));
            CHECK((found.st_mode & 0777) == 0660);
            for (int i = 0; i < 4; ++i) {
                connection one(path);
                CHECK(one.exchange(good_get).status == 200);
            }
            connection far(path);  // no Host rule on a Unix socket
            CHECK(
                far.exchange("GET /openapi.yaml HTTP/1.1\r\nHost: anything.example\r\n\r\n").status
                == 200
            );
        }
        CHECK(!std::filesystem::exists(path));
    }

    TEST_CASE("listen: a Unix peer is known by its uid")
    {
        folder in;
        auto with = on_unix(in.path + "/signet.sock");
        config::caller_settings me;
        me.name = "me";
        me.uid = ::getuid();
        with.callers = {me};
        config::sign_profile profile;
        profile.name = "default";
        profile.key = "sig";
        profile.iss = "https://tokens.example.com";
        profile.audiences = {"api"};
        profile.ttl = profile.max_ttl = config::seconds(60);
        profile.callers = {"me"};
        with.sign_profiles["default"] = profile;
        live_service running(with);
        connection one(in.path + "/signet.sock");
        CHECK(one.exchange(post_text("/sign", R"({"claims":{}})")).status == 200);
    }

    TEST_CASE("listen: a socket file that nobody serves is replaced, one that is served is not")
    {
        folder in;
        auto const path = in.path + "/signet.sock";
        {
            int const fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
            sockaddr_un at{};
            at.sun_family = AF_UNIX;
            std::copy(path.begin(), path.end(), at.sun_path);
            REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
            ::close(fd);
        }
        REQUIRE(std::filesystem::exists(path));
        live_service running(on_unix(path));
        connection one(path);
        CHECK(one.exchange(good_get).status == 200);
        service::app second(on_unix(path));
        CHECK_THROWS_AS(second.listen(), service::startup_error);
        CHECK(std::filesystem::exists(path));
    }

    TEST_CASE("listen: a file that is not a socket is never removed")
    {
        folder in;
        auto const path = in.path + "/precious";
        std::ofstream(path) << "text";
        service::app one(on_unix(path));
        CHECK_THROWS_AS(one.listen(), service::startup_error);
        CHECK(std::filesystem::file_size(path) == 4);
    }

    TEST_CASE("ring: a clock that is set back moves no key's state back")
    {
        auto with = live_settings();
        auto const change = core::instant(std::chrono::hours(1000000));
        with.keys[0].activate_at = change;
        with.keys[0].publish_at = change - std::chrono::hours(1);
        service::app one(with);
        auto& worker = *one.workers().front();
        auto const is_active = [&](core::instant now) {
            return worker.current(now)->ring->find("sig")->active != nullptr;
        };
        CHECK(!is_active(change - 1ms));
        CHECK(is_active(change));
        CHECK(is_active(change - std::chrono::hours(2)));
    }
}

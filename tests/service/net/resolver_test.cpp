#include "service/net/resolver.hpp"
#include "service/net/within.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using service::net::resolve;
using service::net::within;
using addresses = std::vector<core::ip_address>;

namespace {

core::ip_address address(std::string_view text)
{
    return core::parse_ip_address(text).value();
}

/// A name server that does not answer until it is released; shared with the threads that ask it.
class silent_server {
public:
    addresses ask()
    {
        std::unique_lock hold(lock_);
        ++asking_;
        most_ = std::max(most_, asking_);
        changed_.notify_all();
        changed_.wait(hold, [this] { return is_free_; });
        --asking_;
        ++answered_;
        changed_.notify_all();
        return {address("127.0.0.1")};
    }
    void let_go()
    {
        std::lock_guard const hold(lock_);
        is_free_ = true;
        changed_.notify_all();
    }
    bool wait_until_asked(int count)
    {
        std::unique_lock hold(lock_);
        return changed_.wait_for(hold, 10s, [&] { return asking_ >= count; });
    }
    bool wait_until_answered(int count)
    {
        std::unique_lock hold(lock_);
        return changed_.wait_for(hold, 10s, [&] { return answered_ >= count; });
    }
    int most() const
    {
        std::lock_guard const hold(lock_);
        return most_;
    }

private:
    mutable std::mutex lock_;
    std::condition_variable changed_;
    bool is_free_ = false;
    int asking_ = 0, answered_ = 0, most_ = 0;
};

std::shared_ptr<silent_server> const& forgotten()
{
    static auto const server = std::make_shared<silent_server>();
    return server;
}

std::optional<addresses> run(service::net::name_lookup lookup, std::chrono::milliseconds limit)
{
    asio::io_context io{1};
    std::optional<addresses> found;
    auto task = [&]() -> asio::awaitable<void> {
        auto looking = resolve("id.test", lookup);
        found = co_await within(std::chrono::steady_clock::now() + limit, std::move(looking));
    };
    asio::co_spawn(io, task, asio::detached);
    io.run();
    return found;
}

}  // namespace

TEST_SUITE("service/net/resolver")
{
    TEST_CASE("resolve: a name with addresses -> all of them, in order")
    {
        auto const found = run(
            [](std::string const& host) {
                return host == "id.test" ? addresses{address("192.0.2.1"), address("::1")}
                                         : addresses{};
            },
            20s
        );
        REQUIRE(found.has_value());
        CHECK((*found == addresses{address("192.0.2.1"), address("::1")}));
    }

    TEST_CASE("resolve: a name without addresses -> none")
    {
        auto const found = run([](std::string const&) { return addresses{}; }, 20s);
        REQUIRE(found.has_value());
        CHECK(found->empty());
    }

    TEST_CASE("system_lookup: localhost -> loopback addresses; a name that cannot be -> none")
    {
        auto const here = service::net::system_lookup("localhost");
        REQUIRE(!here.empty());
        for (auto const& one : here)
            CHECK(core::is_loopback(one));
        CHECK(service::net::system_lookup("a..b").empty());
    }

    TEST_CASE(
        "resolve: a look-up that hangs -> ends at the deadline, and its late result is dropped"
    )
    {
        auto const server = std::make_shared<silent_server>();
        auto const begin = std::chrono::steady_clock::now();
        auto const found = run([server](std::string const&) { return server->ask(); }, 50ms);
        CHECK(!found.has_value());
        CHECK(std::chrono::steady_clock::now() - begin < 10s);
        server->let_go();  // the event loop is gone by now
        CHECK(server->wait_until_answered(1));
    }

    TEST_CASE("resolve: an event loop that ends while a look-up hangs -> does not wait for it")
    {
        auto const server = std::make_shared<silent_server>();
        {
            asio::io_context io{1};
            auto looking =
                resolve("id.test", [server](std::string const&) { return server->ask(); });
            asio::co_spawn(io, std::move(looking), [](std::exception_ptr, addresses) {});
            io.poll();
            REQUIRE(server->wait_until_asked(1));
        }
        server->let_go();
        CHECK(server->wait_until_answered(1));
    }

    TEST_CASE("resolve: many look-ups at once -> eight run, the others wait for their turn")
    {
        constexpr int wanted = 20;
        auto const server = std::make_shared<silent_server>();
        asio::io_context io{1};
        int ended = 0;
        for (int i = 0; i < wanted; ++i) {
            auto looking =
                resolve("id.test", [server](std::string const&) { return server->ask(); });
            asio::co_spawn(io, std::move(looking), [&](std::exception_ptr, addresses found) {
                ended += static_cast<int>(found.size());
            });
        }
        io.poll();
        REQUIRE(server->wait_until_asked(8));
        server->let_go();
        io.run();
        CHECK(ended == wanted);
        CHECK(server->most() == 8);
    }

    TEST_CASE("resolve: a look-up that hangs for ever -> the process ends all the same")
    {
        auto const found =
            run([server = forgotten()](std::string const&) { return server->ask(); }, 10ms);
        CHECK(!found.has_value());  // and this program's own exit shows the rest
    }
}

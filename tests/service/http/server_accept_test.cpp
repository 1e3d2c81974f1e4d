#include "tests/service/live_service.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>

using namespace tests;

namespace {

/// A service with one thread, whose turns a test counts.
struct bench {
    static config::settings one_thread()
    {
        auto with = live_settings();
        with.server.threads = 1;
        return with;
    }
    boost::asio::io_context& io() { return running.app().workers().front()->io; }
    std::int64_t accepted()
    {
        return running.app().shared().metrics.value<"signet_connections">(
            service::listener_kind::data
        );
    }
    /// Connects so many while the thread is busy, and counts the turns until it has accepted them.
    int turns_for(std::int64_t count)
    {
        std::promise<void> calm;
        boost::asio::post(io(), [&] { calm.get_future().wait(); });
        std::vector<std::unique_ptr<connection>> all;
        for (std::int64_t i = 0; i < count; ++i)
            all.push_back(std::make_unique<connection>(running.port()));
        int turns = 0;
        std::promise<void> done;
        std::function<void()> const turn = [&] {  // comes once in each
            if (accepted() >= count || ++turns > 10'000)
                return done.set_value();
            boost::asio::post(io(), turn);
        };
        boost::asio::post(io(), turn);
        calm.set_value();
        done.get_future().wait();
        CHECK(accepted() >= count);
        return turns;
    }

    live_service running{one_thread()};
};

}  // namespace

TEST_SUITE("service/http/server_accept")
{
    TEST_CASE("accept_loop: what waits is accepted in few turns, however long they take")
    {
        bench b;
        CHECK(b.turns_for(60) < 20);
    }
}

#include "service/runtime/by_cost.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>

namespace {

namespace asio = boost::asio;

struct whereabouts {
    std::thread::id worked, resumed;
    core::crypto::operation_cache* kept = nullptr;
    bool threw = false;
};

asio::awaitable<void> work_once(
    bool is_expensive, bool throws, service::work_pool& pool, core::crypto::operation_cache& here,
    whereabouts& seen
)
{
    auto work = [&seen, throws](core::crypto::operation_cache& kept) {
        seen.worked = std::this_thread::get_id();
        seen.kept = &kept;
        if (throws)
            throw std::runtime_error("work");
        return 7;
    };
    try {
        auto const from = service::work_origin::of_anybody();
        auto const answer =
            co_await service::run_by_cost(is_expensive, pool, from, here, std::move(work));
        CHECK(answer == 7);
    } catch (std::runtime_error const&) {
        seen.threw = true;
    }
    seen.resumed = std::this_thread::get_id();
}

whereabouts run_one(bool is_expensive, bool throws, core::crypto::operation_cache& here)
{
    whereabouts seen;
    service::work_pool pool(1, {});
    asio::io_context io;
    auto one = work_once(is_expensive, throws, pool, here, seen);
    asio::co_spawn(io, std::move(one), asio::detached);
    io.run();
    pool.join();
    return seen;
}

}  // namespace

TEST_SUITE("service/runtime/by_cost")
{
    TEST_CASE("run_by_cost: cheap work stays on its thread, with that thread's cache")
    {
        core::crypto::operation_cache here;
        auto const seen = run_one(false, false, here);
        CHECK(seen.worked == std::this_thread::get_id());
        CHECK(seen.kept == &here);
    }

    TEST_CASE("run_by_cost: expensive work is done on the pool, and its caller resumes at home")
    {
        core::crypto::operation_cache here;
        auto const seen = run_one(true, false, here);
        CHECK(seen.worked != std::this_thread::get_id());
        CHECK(seen.resumed == std::this_thread::get_id());
        CHECK(seen.kept != &here);
    }

    TEST_CASE("run_by_cost: what the work throws reaches its caller, wherever it was done")
    {
        core::crypto::operation_cache here;
        CHECK(run_one(false, true, here).threw);
        auto const seen = run_one(true, true, here);
        CHECK(seen.threw);
        CHECK(seen.resumed == std::this_thread::get_id());
    }
}

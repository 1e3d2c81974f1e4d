#include "service/operations/by_cost.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>
#include <vector>

using namespace service;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;

struct whereabouts {
    std::vector<std::thread::id> worked;
    std::thread::id resumed;
    core::crypto::operation_cache* kept = nullptr;
    std::optional<int> answer;
    bool threw = false;
};

constexpr core::work budget_of_all = 50ms;

asio::awaitable<void> work_once(
    core::work price, bool throws, work_pool& pool, core::crypto::operation_cache& here,
    whereabouts& seen
)
{
    request_costs costs{core::work_budget(budget_of_all, budget_of_all), work_origin::of_anybody()};
    auto work = [&](core::crypto::operation_cache& kept) {
        seen.worked.push_back(std::this_thread::get_id());
        seen.kept = &kept;
        if (!costs.budget.charge(price))
            return -1;
        if (throws)
            throw std::runtime_error("work");
        return 7;
    };
    try {
        seen.answer = co_await run_by_cost(costs, pool, here, std::move(work));
    } catch (std::runtime_error const&) {
        seen.threw = true;
    }
    seen.resumed = std::this_thread::get_id();
}

whereabouts run_one(core::work price, bool throws, core::crypto::operation_cache& here)
{
    whereabouts seen;
    work_pool pool(1, work_queue::limits{});
    asio::io_context io;
    auto one = work_once(price, throws, pool, here, seen);
    asio::co_spawn(io, std::move(one), asio::detached);
    io.run();
    pool.join();
    return seen;
}

}  // namespace

TEST_SUITE("service/operations/by_cost")
{
    TEST_CASE("run_by_cost: cheap work stays on its thread, with that thread's cache")
    {
        core::crypto::operation_cache here;
        auto const seen = run_one(io_allowance, false, here);
        CHECK(seen.worked == std::vector{std::this_thread::get_id()});
        CHECK(seen.kept == &here);
        CHECK(seen.answer == 7);
    }

    TEST_CASE("run_by_cost: what costs more is done again on the pool; its caller resumes at home")
    {
        core::crypto::operation_cache here;
        auto const seen = run_one(io_allowance + 1ns, false, here);
        REQUIRE(seen.worked.size() == 2);
        CHECK(seen.worked[1] != std::this_thread::get_id());
        CHECK(seen.resumed == std::this_thread::get_id());
        CHECK(seen.kept != &here);
        CHECK(seen.answer == 7);
    }

    TEST_CASE("run_by_cost: what costs more than the whole budget never reaches the pool")
    {
        core::crypto::operation_cache here;
        auto const seen = run_one(budget_of_all + 1ns, false, here);
        CHECK(seen.worked == std::vector{std::this_thread::get_id()});
        CHECK(seen.answer == -1);
    }

    TEST_CASE("run_by_cost: what the work throws reaches its caller, wherever it was done")
    {
        core::crypto::operation_cache here;
        CHECK(run_one(1ns, true, here).threw);
        auto const seen = run_one(budget_of_all, true, here);
        CHECK(seen.threw);
        CHECK(seen.resumed == std::this_thread::get_id());
    }
}

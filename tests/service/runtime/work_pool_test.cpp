#include "service/runtime/async.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <array>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace service;
using namespace std::chrono_literals;

namespace {

/// What became of one piece of work.
struct outcome_of_work {
    std::optional<int> result;
    bool threw = false, ended = false;
    std::thread::id worked, resumed;
};

template <class Work>
asio::awaitable<void> wait_for(work_pool& pool, work_origin from, Work work, outcome_of_work& into)
{
    auto watched = [&into, work = std::move(work)]() mutable {
        into.worked = std::this_thread::get_id();
        return work();
    };
    try {
        into.result = co_await run_on(pool, from, std::move(watched));
    } catch (std::runtime_error const&) {
        into.threw = true;
    }
    into.resumed = std::this_thread::get_id();
    into.ended = true;
}

template <class Work>
void spawn(
    asio::io_context& io, work_pool& pool, work_origin from, Work work, outcome_of_work& into
)
{
    auto one = wait_for(pool, from, std::move(work), into);
    asio::co_spawn(io, std::move(one), asio::detached);
    io.poll();
}

/// Work that holds its thread until it is let go.
struct gate {
    std::promise<void> entered_promise, open_promise;
    std::future<void> entered = entered_promise.get_future();
    std::shared_future<void> opened = open_promise.get_future().share();

    auto work()
    {
        return [this] {
            entered_promise.set_value();
            opened.wait();
            return 0;
        };
    }
};

work_origin stranger(std::uint64_t address)
{
    return work_origin::of_stranger({1, address});
}

}  // namespace

/// In every test the loop outlives the pool, whose threads still use it after they delivered.
TEST_SUITE("service/runtime/work_pool")
{
    TEST_CASE("run_on: work is done on the pool, and its caller resumes at home with the result")
    {
        asio::io_context io;
        work_pool pool(2, {});
        outcome_of_work seen;
        spawn(
            io, pool, stranger(1), [] { return 7; }, seen
        );
        io.run();
        CHECK(seen.result == 7);
        CHECK(seen.worked != std::this_thread::get_id());
        CHECK(seen.resumed == std::this_thread::get_id());
    }

    TEST_CASE("run_on: what the work throws reaches its caller")
    {
        asio::io_context io;
        work_pool pool(1, {});
        outcome_of_work seen;
        spawn(
            io, pool, stranger(1), []() -> int { throw std::runtime_error("work"); }, seen
        );
        io.run();
        CHECK(seen.threw);
        CHECK(seen.resumed == std::this_thread::get_id());
    }

    TEST_CASE("run_on: a result that only moves comes back")
    {
        asio::io_context io;
        work_pool pool(1, {});
        std::optional<std::unique_ptr<int>> got;
        auto const wait = [](work_pool& on, auto& into) -> asio::awaitable<void> {
            auto work = [number = std::make_unique<int>(7)]() mutable { return std::move(number); };
            into = co_await run_on(on, work_origin::of_service(), std::move(work));
        };
        asio::co_spawn(io, wait(pool, got), asio::detached);
        io.run();
        REQUIRE(got);
        CHECK(**got == 7);
    }

    TEST_CASE("run_on: refused work never runs, its caller resumes at home, and it is counted")
    {
        asio::io_context io;
        work_pool pool(1, {.strangers = 2, .of_caller = 1});
        gate held;
        outcome_of_work first, other, peer, full, caller;
        spawn(io, pool, work_origin::of_caller(0), held.work(), first);
        held.entered.wait();
        spawn(
            io, pool, work_origin::of_caller(0), [] { return 1; }, caller
        );
        spawn(
            io, pool, stranger(1), [] { return 2; }, other
        );
        spawn(
            io, pool, stranger(1), [] { return 3; }, peer
        );
        outcome_of_work second;
        spawn(
            io, pool, stranger(2), [] { return 4; }, second
        );
        spawn(
            io, pool, stranger(3), [] { return 5; }, full
        );
        io.poll();
        for (auto const* one : {&caller, &peer, &full}) {
            CHECK(one->ended);
            CHECK(!one->result);
            CHECK(one->worked == std::thread::id());
            CHECK(one->resumed == std::this_thread::get_id());
        }
        CHECK(pool.refusals(work_lane::callers, work_refusal::caller) == 1);
        CHECK(pool.refusals(work_lane::strangers, work_refusal::peer) == 1);
        CHECK(pool.refusals(work_lane::strangers, work_refusal::full) == 1);
        CHECK(pool.waiting(work_lane::strangers) == 2);
        held.open_promise.set_value();
        io.run();
        CHECK(other.result == 2);
        CHECK(second.result == 4);
        CHECK(pool.waiting(work_lane::strangers) == 0);
    }

    TEST_CASE("run_on: what waited too long is refused when a thread looks, and the reason is told")
    {
        std::vector<std::pair<work_lane, work_refusal>> told;
        auto const tell = [&](work_lane lane, work_refusal why) { told.emplace_back(lane, why); };
        asio::io_context io;
        work_pool pool(1, {.age = -1s}, {.on_refused = tell});  // everything is too old at once
        gate held;
        outcome_of_work first, late;
        spawn(io, pool, work_origin::of_caller(0), held.work(), first);
        held.entered.wait();
        spawn(
            io, pool, stranger(1), [] { return 1; }, late
        );
        CHECK(!late.ended);
        held.open_promise.set_value();
        io.run();
        CHECK(late.ended);
        CHECK(!late.result);
        CHECK(late.worked == std::thread::id());
        CHECK(pool.refusals(work_lane::strangers, work_refusal::age) == 1);
        CHECK(told == std::vector{std::pair(work_lane::strangers, work_refusal::age)});
    }

    TEST_CASE("run_on: a refusal at the door is told with its queue and reason")
    {
        std::vector<std::pair<work_lane, work_refusal>> told;
        auto const tell = [&](work_lane lane, work_refusal why) { told.emplace_back(lane, why); };
        asio::io_context io;
        work_pool pool(1, {.of_caller = 0}, {.on_refused = tell});
        outcome_of_work refused;
        spawn(
            io, pool, work_origin::of_caller(0), [] { return 1; }, refused
        );
        io.run();
        CHECK(refused.ended);
        CHECK(!refused.result);
        CHECK(told == std::vector{std::pair(work_lane::callers, work_refusal::caller)});
    }

    TEST_CASE("turns_away: while it is crowded, counted and told as work that was refused")
    {
        std::vector<std::pair<work_lane, work_refusal>> told;
        auto const tell = [&](work_lane lane, work_refusal why) { told.emplace_back(lane, why); };
        // work that waits at all is too old, and one job may wait then
        work_pool pool(
            1, {.age = -1s, .crowded_age = -1s, .when_crowded = 1}, {.on_refused = tell}
        );
        asio::io_context io;
        gate held, also_held;
        outcome_of_work first, second, waiting;
        auto const caller = work_origin::of_caller(0);
        CHECK(!pool.turns_away(caller));
        spawn(io, pool, caller, held.work(), first);
        held.entered.wait();
        spawn(io, pool, caller.as_short(), also_held.work(), second);  // on the quick thread
        also_held.entered.wait();
        CHECK(!pool.turns_away(caller));
        spawn(
            io, pool, caller, [] { return 1; }, waiting
        );
        outcome_of_work refused;
        spawn(
            io, pool, caller, [] { return 2; }, refused
        );
        io.poll();
        CHECK(refused.ended);
        CHECK(!refused.result);
        CHECK(pool.turns_away(caller));
        CHECK(!pool.turns_away(stranger(1)));
        CHECK(pool.refusals(work_lane::callers, work_refusal::age) == 2);
        CHECK(told == std::vector(2, std::pair(work_lane::callers, work_refusal::age)));
        held.open_promise.set_value();
        also_held.open_promise.set_value();
        io.run();
        CHECK(waiting.result == 1);
    }

    TEST_CASE("two threads: strangers' work holds up no caller, and one thread never takes it")
    {
        asio::io_context io;
        work_pool pool(2, {});
        gate held;
        outcome_of_work first, second, own, callers;
        spawn(io, pool, stranger(1), held.work(), first);
        held.entered.wait();
        spawn(
            io, pool, stranger(2), [] { return 2; }, second
        );
        spawn(
            io, pool, work_origin::of_service(), [] { return 3; }, own
        );
        for (int i = 0; i < 100; ++i) {
            callers = {};
            spawn(
                io, pool, work_origin::of_caller(0), [] { return 4; }, callers
            );
            while (!callers.ended)
                io.run_one();
            CHECK(callers.result == 4);
        }
        CHECK(!second.ended);
        CHECK(!own.ended);
        held.open_promise.set_value();
        io.run();
        CHECK(second.result == 2);
        CHECK(own.result == 3);
        CHECK(second.worked == first.worked);
        CHECK(callers.worked != first.worked);
    }

    TEST_CASE("a caller that waits for one answer before the next request is never beyond its limit"
    )
    {
        asio::io_context io;
        work_pool pool(2, {.of_caller = 1});
        auto const busy = asio::make_work_guard(io);  // else it may stop between two requests
        for (int i = 0; i < 2000; ++i) {
            outcome_of_work seen;
            spawn(
                io, pool, work_origin::of_caller(0), [i] { return i; }, seen
            );
            while (!seen.ended)
                io.run_one();
            REQUIRE(seen.result == i);
        }
    }

    TEST_CASE("CPU time is charged to the queue that spent it, and waiting is told")
    {
        std::atomic<int> begun[work_lanes]{};
        auto const count = [&](work_lane lane, std::chrono::nanoseconds waited) {
            CHECK(waited.count() >= 0);
            ++begun[static_cast<std::size_t>(lane)];
        };
        asio::io_context io;
        work_pool pool(1, {}, {.on_begin = count});
        outcome_of_work seen;
        auto const spin = [] {
            std::uint32_t volatile sum = 0;
            for (std::uint32_t i = 0; i < 1'000'000; ++i)
                sum = sum + i;
            return 1;
        };
        spawn(io, pool, stranger(1), spin, seen);
        io.run();
        CHECK(pool.cpu_time(work_lane::strangers) > 100us);
        CHECK(pool.cpu_time(work_lane::callers) == 0ns);
        CHECK(begun[0] == 0);
        CHECK(begun[1] == 1);
    }

    TEST_CASE(
        "join: finishes what runs and the service's own work, and refuses what waits or comes later"
    )
    {
        asio::io_context io;
        work_pool pool(2, {});
        gate held;
        outcome_of_work first, second, third;
        std::atomic<int> later = 0;
        spawn(io, pool, stranger(1), held.work(), first);
        held.entered.wait();
        spawn(
            io, pool, stranger(2), [] { return 2; }, second
        );
        run_later_on(pool, [&later] { ++later; });
        std::thread opener([&] {
            while (pool.waiting(work_lane::strangers) > 1)  // until the stranger's is refused
                std::this_thread::yield();
            held.open_promise.set_value();
        });
        pool.join();
        opener.join();
        CHECK(later == 1);
        spawn(
            io, pool, work_origin::of_service(), [] { return 3; }, third
        );
        io.run();
        CHECK(first.ended);
        CHECK(second.ended);
        CHECK(!second.result);
        CHECK(third.ended);
        CHECK(!third.result);
    }

    TEST_CASE("visit: every thread is told, also those that have nothing to do")
    {
        std::mutex guard;
        std::set<std::thread::id> visited;
        std::promise<void> all;
        work_pool::hooks with;
        with.on_visit = [&] {
            std::scoped_lock const lock(guard);
            if (visited.insert(std::this_thread::get_id()).second && visited.size() == 4)
                all.set_value();
        };
        work_pool pool(3, {}, with);
        pool.visit();
        CHECK(all.get_future().wait_for(10s) == std::future_status::ready);
    }

    TEST_CASE("an event loop that is gone before it resumes anybody takes its coroutines with it")
    {
        auto const witness = std::make_shared<int>();
        outcome_of_work seen;
        {
            asio::io_context io;
            work_pool pool(1, {});
            gate held;
            spawn(io, pool, stranger(1), held.work(), seen);
            held.entered.wait();
            outcome_of_work waiting;
            spawn(
                io, pool, stranger(2), [witness] { return *witness; }, waiting
            );
            io.stop();
            held.open_promise.set_value();
            pool.join();
        }
        CHECK(!seen.ended);
        CHECK(witness.use_count() == 1);
    }

    TEST_CASE("many threads submit at once: every piece of work ends once, run or refused")
    {
        constexpr int threads = 4, each = 500;
        std::array<asio::io_context, threads> loops;
        work_pool pool(3, {.strangers = 8, .of_caller = 4});
        std::atomic<int> run = 0, done = 0, refused = 0;
        auto const one = [&](std::uint64_t who) {
            auto& io = loops[who];
            auto const ask = [&](int number) -> asio::awaitable<void> {
                auto const from = number % 3 == 0 ? work_origin::of_caller(who)
                    : number % 3 == 1             ? stranger(who)
                                                  : work_origin::of_service();
                auto work = [&run] { return ++run; };
                auto const got = co_await run_on(pool, from, std::move(work));
                ++(got ? done : refused);
            };
            for (int i = 0; i < each; ++i) {
                asio::co_spawn(io, ask(i), asio::detached);
                io.restart();  // it stops whenever nobody waits
                io.poll();
            }
            io.run();
        };
        std::vector<std::thread> all;
        for (std::uint64_t i = 0; i < threads; ++i)
            all.emplace_back(one, i);
        for (auto& thread : all)
            thread.join();
        CHECK(run == done);
        CHECK(done + refused == threads * each);
        CHECK(done >= threads * each / 3);  // the service's own
        std::uint64_t counted = 0;
        for (auto const lane : {work_lane::callers, work_lane::strangers})
            for (auto const why :
                 {work_refusal::full, work_refusal::age, work_refusal::peer, work_refusal::caller})
                counted += pool.refusals(lane, why);
        CHECK(counted == static_cast<std::uint64_t>(refused));
    }

    TEST_CASE("visit: every thread is visited, also those that never had work")
    {
        std::mutex guard;
        std::condition_variable changed;
        std::set<std::thread::id> threads;
        {
            work_pool pool(2, {}, {.on_visit = [&] {
                               std::scoped_lock const lock(guard);
                               threads.insert(std::this_thread::get_id());
                               changed.notify_all();
                           }});
            pool.visit();
            std::unique_lock lock(guard);
            auto const all_did = [&] { return threads.size() == 3; };  // one takes short work only
            CHECK(changed.wait_for(lock, 10s, all_did));
        }
        CHECK(!threads.contains(std::this_thread::get_id()));
    }
}

#include "service/runtime/work_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

using namespace service;
using namespace std::chrono_literals;

namespace {

using taker = work_queue::taker;

constexpr work_queue::time_point start{};

/// Work that only knows its number.
struct numbered final : queued_work {
    explicit numbered(int of) : number(of) {}
    void run() noexcept override {}
    void deliver() noexcept override {}
    int number;
};

work_origin stranger(std::uint64_t address)
{
    return work_origin::of_stranger({1, address});
}

/// Short work of a caller, by its index.
work_origin short_of(std::size_t caller)
{
    return work_origin::of_caller(caller).as_short();
}

/// A queue whose work has numbers.
struct bench {
    explicit bench(work_queue::limits const& with = {}) : queue(with) {}

    std::optional<work_refusal>
    add(int number, work_origin const& from, work_queue::time_point now = start)
    {
        std::unique_ptr<queued_work> work = std::make_unique<numbered>(number);
        auto const why = queue.add(work, from, now);
        CHECK((work == nullptr) == !why);
        return why;
    }
    /// Takes one and charges it; -1 = nothing is there.
    int take(work_queue::nanoseconds costs = 1ms, taker may = taker::everything)
    {
        auto const next = queue.take(may, start);
        if (!next)
            return -1;
        queue.ended(next->from, costs);
        return number_of(*next->work);
    }
    static int number_of(queued_work const& of) { return dynamic_cast<numbered const&>(of).number; }

    work_queue queue;
};

}  // namespace

TEST_SUITE("service/runtime/work_queue")
{
    TEST_CASE("take: each queue is first in first out, and strangers are first when both are new")
    {
        bench b;
        b.add(1, stranger(1));
        b.add(2, stranger(2));
        b.add(3, work_origin::of_caller(0));
        b.add(4, work_origin::of_caller(1));
        CHECK(b.take(1s) == 1);
        CHECK(b.take(1ns, taker::callers) == 3);
        CHECK(b.take(1s) == 4);
        CHECK(b.take() == 2);
        CHECK(b.take() == -1);
    }

    TEST_CASE("take: the reserved thread never gets a stranger's work, nor the service's own")
    {
        bench b;
        b.add(1, stranger(1));
        b.add(2, work_origin::of_service());
        CHECK(b.take(1ms, taker::callers) == -1);
        b.add(3, work_origin::of_caller(0));
        CHECK(b.take(1ms, taker::callers) == 3);
        CHECK(b.queue.waiting(work_lane::strangers) == 2);
    }

    TEST_CASE("add: strangers have so many places, and one that is taken from is free again")
    {
        bench b({.strangers = 4});
        for (int i = 0; i < 4; ++i)
            CHECK(!b.add(i, stranger(static_cast<std::uint64_t>(i))));
        CHECK(b.add(4, stranger(4)) == work_refusal::full);
        CHECK(b.take() == 0);
        CHECK(!b.add(4, stranger(4)));
        CHECK(b.add(5, stranger(5)) == work_refusal::full);
        CHECK(!b.add(6, work_origin::of_caller(0)));
    }

    TEST_CASE("add: one peer has half of the strangers' places, and at least one")
    {
        bench b({.strangers = 4});
        CHECK(!b.add(0, stranger(7)));
        CHECK(!b.add(1, stranger(7)));
        CHECK(b.add(2, stranger(7)) == work_refusal::peer);
        CHECK(!b.add(2, stranger(8)));
        CHECK(!b.add(3, work_origin::of_stranger({2, 7})));  // another kind of peer
        b.take();
        CHECK(!b.add(4, stranger(7)));
        bench small({.strangers = 1});
        CHECK(!small.add(0, stranger(7)));
        CHECK(small.add(1, stranger(7)) == work_refusal::full);
    }

    TEST_CASE("add: a caller has so many jobs in flight, waiting and running, and another its own")
    {
        bench b({.of_caller = 2});
        auto const one = work_origin::of_caller(0);
        CHECK(!b.add(0, one));
        CHECK(!b.add(1, one));
        CHECK(b.add(2, one) == work_refusal::caller);
        CHECK(!b.add(3, work_origin::of_caller(1)));
        auto const running = b.queue.take(taker::everything, start);
        CHECK(b.add(2, one) == work_refusal::caller);  // it runs
        b.queue.ended(running->from, 1ms);
        CHECK(!b.add(2, one));
        for (int i = 0; i < 100; ++i)
            CHECK(!b.add(i, work_origin::of_anybody()));
    }

    TEST_CASE(
        "take: a stranger's work at its age runs, older work is refused and gives up its place"
    )
    {
        bench b({.strangers = 2, .age = 1s});
        b.add(1, stranger(1), start);
        b.add(2, stranger(2), start + 1ms);
        auto const next = b.queue.take(taker::everything, start + 1s);
        REQUIRE(next);
        CHECK(next->waited == 1s);
        CHECK(!b.queue.take(taker::everything, start + 1s + 2ms));
        auto const late = b.queue.take_late();
        REQUIRE(late.size() == 1);
        CHECK(bench::number_of(*late.front().work) == 2);
        CHECK(b.queue.take_late().empty());
        CHECK(!b.add(3, stranger(1), start + 2s));
    }

    TEST_CASE("add: what is too old makes place for what comes")
    {
        bench b({.strangers = 1, .age = 1s});
        b.add(1, stranger(1), start);
        CHECK(b.add(2, stranger(2), start + 1s) == work_refusal::full);
        CHECK(!b.add(3, stranger(3), start + 1001ms));
        CHECK(b.queue.take_late().size() == 1);
    }

    TEST_CASE("the service's own work: it goes before strangers', takes no place, is never too old")
    {
        bench b({.strangers = 2, .age = 1s});
        CHECK(!b.add(1, stranger(1)));
        for (int i = 2; i < 100; ++i)
            CHECK(!b.add(i, work_origin::of_service()));
        CHECK(!b.add(100, stranger(2)));
        for (int i = 2; i < 100; ++i)
            CHECK(b.take() == i);
        CHECK(b.take() == 1);
        CHECK(b.take() == 100);
        b.add(1, work_origin::of_service(), start);
        b.add(2, stranger(1), start + 1ms);
        auto const next = b.queue.take(taker::everything, start + 1h);
        REQUIRE(next);
        CHECK(bench::number_of(*next->work) == 1);
        CHECK(b.queue.take_late().size() == 1);
        b.add(3, stranger(1), start);
        b.add(4, work_origin::of_service(), start + 1s);
        CHECK(!b.add(5, stranger(2), start + 1001ms));  // new work before it, and 3 is too old
        CHECK(b.queue.take_late().size() == 1);
    }

    TEST_CASE("take: a caller's work that is due goes before the service's own")
    {
        bench b;
        b.add(1, work_origin::of_service());
        b.add(2, work_origin::of_caller(0));
        b.add(3, work_origin::of_service());
        CHECK(b.take(1s) == 1);
        CHECK(b.take(1s) == 2);
        CHECK(b.take() == 3);
    }

    TEST_CASE("take: callers and peers take turns, so that nobody's many jobs keep others waiting")
    {
        bench b({.strangers = 100, .of_caller = 100});
        for (int i = 0; i < 10; ++i)
            b.add(i, work_origin::of_caller(0));
        b.add(100, work_origin::of_caller(1));
        CHECK(b.take() == 0);
        CHECK(b.take() == 100);
        CHECK(b.take() == 1);
        for (int i = 0; i < 10; ++i)
            b.add(200 + i, stranger(1));
        b.add(300, stranger(2));
        std::vector<int> taken;
        for (int i = 0; i < 20; ++i)
            taken.push_back(b.take());
        auto const at = [&](int number) { return std::ranges::find(taken, number); };
        CHECK(at(300) < at(201));
    }

    TEST_CASE("take: a thread for short work takes no other, and short work runs anywhere")
    {
        bench b;
        b.add(1, stranger(1));
        b.add(2, stranger(2).as_short());
        b.add(3, work_origin::of_caller(0));
        CHECK(b.take(1ms, taker::short_work) == 2);
        CHECK(b.take(1ms, taker::short_work) == -1);
        b.add(4, work_origin::of_caller(1).as_short());
        CHECK(b.take(1ms, taker::callers) == 3);
        CHECK(b.take(1ms, taker::callers) == 4);
        CHECK(b.take() == 1);
    }

    TEST_CASE("refuse_waiting: everything that waits but the service's own work")
    {
        bench b({.of_caller = 1});
        b.add(1, stranger(1));
        b.add(2, work_origin::of_service());
        b.add(3, work_origin::of_caller(0));
        b.queue.refuse_waiting();
        CHECK(b.queue.take_late().size() == 2);
        CHECK(!b.add(4, work_origin::of_caller(0)));
        CHECK(b.take(1ms, taker::callers) == 4);
        CHECK(b.take() == 2);
    }

    TEST_CASE("callers' work is never too old")
    {
        bench b({.age = 1s});
        b.add(1, work_origin::of_caller(0), start);
        CHECK(b.queue.take(taker::callers, start + 1h).has_value());
        CHECK(b.queue.take_late().empty());
    }

    TEST_CASE("add: while callers' work waits too long, each has its share of few places, or one")
    {
        bench b({.of_caller = 100, .when_crowded = 4});
        for (int i = 0; i < 10; ++i)
            CHECK(!b.add(i, short_of(0)));
        auto const late = start + 101ms;
        CHECK(b.add(10, short_of(0), late) == work_refusal::age);
        auto const shed = b.queue.take_late();  // what has waited longest
        REQUIRE(shed.size() == 6);
        for (std::size_t i = 0; i < shed.size(); ++i) {
            CHECK(bench::number_of(*shed[i].work) == static_cast<int>(i));
            CHECK(shed[i].lane == work_lane::callers);
        }
        CHECK(!b.add(11, short_of(1), late));
        CHECK(!b.add(12, short_of(1), late));
        CHECK(b.add(13, short_of(1), late) == work_refusal::age);
        for (std::size_t i = 2; i < 20; ++i) {
            CHECK(!b.add(20, short_of(i), late));
            if (i > 3)
                CHECK(b.add(21, short_of(i), late) == work_refusal::age);
        }
        CHECK(!b.add(30, short_of(0).as_continued(), late));
        CHECK(!b.add(31, work_origin::of_caller(0), late));  // long work, which is not crowded
        CHECK(!b.add(32, stranger(1), late));
        CHECK(!b.add(33, work_origin::of_service(), late));
    }

    TEST_CASE("add: callers' long work is crowded at the age that strangers' may reach, by itself")
    {
        bench b({.age = 1s, .of_caller = 100, .when_crowded = 2});
        for (int i = 0; i < 10; ++i)
            CHECK(!b.add(i, work_origin::of_caller(0)));
        CHECK(!b.add(10, work_origin::of_caller(0), start + 1s));
        CHECK(b.add(11, work_origin::of_caller(0), start + 1001ms) == work_refusal::age);
        CHECK(b.queue.take_late().size() == 9);
        for (int i = 12; i < 20; ++i)
            CHECK(!b.add(i, short_of(0), start + 1001ms));
    }

    TEST_CASE("add: more of callers' work comes than is begun -> the same, whatever its age")
    {
        bench b({.of_caller = 1000, .when_crowded = 4});
        auto now = start;
        std::size_t refused = 0;
        for (int i = 0; i < 1000; ++i, now += 1ms) {  // three come when one is begun
            for (int n = 0; n < 3; ++n)
                refused += b.add(0, work_origin::of_anybody(), now) ? 1U : 0U;
            auto const next = b.queue.take(taker::everything, now);
            REQUIRE(next);  // there is always some
            if (i > 900)
                CHECK(next->waited <= 6ms);
        }
        CHECK(refused > 1500);
        CHECK(b.queue.waiting(work_lane::callers) <= 4);
    }

    TEST_CASE("turns_away: what add() would refuse because it is crowded, and nothing else")
    {
        bench b({.strangers = 1, .of_caller = 2, .when_crowded = 1});
        CHECK(!b.queue.turns_away(short_of(0), start));
        b.add(0, short_of(0));
        auto const late = start + 101ms;
        CHECK(!b.queue.is_crowded(late));
        CHECK(b.add(1, short_of(0), late) == work_refusal::age);
        CHECK(b.queue.is_crowded(late));
        CHECK(b.queue.turns_away(short_of(0), late + crowding::calm - 1ms));
        CHECK(b.queue.is_crowded(late + crowding::calm));  // one more was refused
        CHECK(!b.queue.turns_away(short_of(1), late));
        CHECK(!b.queue.turns_away(work_origin::of_caller(0), late));
        CHECK(!b.queue.turns_away(short_of(0).as_continued(), late));
        b.add(2, stranger(1), late);
        CHECK(!b.queue.turns_away(stranger(1), late));  // add() refuses it, as it is full
        CHECK(b.queue.waiting(work_lane::callers) == 1);
    }

    TEST_CASE("add: once nobody was refused for a second, all of a caller's jobs may wait again")
    {
        bench b({.of_caller = 100, .when_crowded = 1});
        b.add(0, short_of(0));
        auto const late = start + 101ms;
        CHECK(b.add(1, short_of(0), late) == work_refusal::age);
        b.take();
        CHECK(!b.add(2, short_of(0), late + crowding::calm - 1ms));
        CHECK(b.add(3, short_of(0), late + crowding::calm - 1ms) == work_refusal::age);
        b.take();
        auto const calm = late + 2 * crowding::calm;
        for (int i = 0; i < 10; ++i)
            CHECK(!b.add(i, short_of(0), calm));
    }

    TEST_CASE("take: CPU time is shared 4 to 1, whatever one job costs")
    {
        for (auto const strangers_cost : {1ms, 5ms, 40ms}) {
            bench b({.strangers = 100'000, .of_caller = 100'000});
            for (int i = 0; i < 5000; ++i) {
                b.add(0, work_origin::of_caller(0));
                b.add(1, stranger(static_cast<std::uint64_t>(i)));
            }
            work_queue::nanoseconds spent[2]{};
            while (spent[0] + spent[1] < 10s) {
                auto const next = b.queue.take(taker::everything, start);
                REQUIRE(next);
                auto const lane = static_cast<std::size_t>(next->from.lane());
                auto const cost = lane == 0 ? 2ms : strangers_cost;
                b.queue.ended(next->from, cost);
                spent[lane] += cost;
            }
            CAPTURE(strangers_cost.count());
            CHECK(std::abs((spent[0] - 8s) / 1ms) <= 42);
        }
    }

    TEST_CASE("take: a queue that had no work saved nothing")
    {
        bench b({.strangers = 1000});
        for (int i = 0; i < 200; ++i) {  // strangers spend 200 s while callers ask for nothing
            b.add(1, stranger(1));
            CHECK(b.take(1s) == 1);
        }
        for (int i = 0; i < 20; ++i) {
            b.add(0, work_origin::of_caller(0));
            b.add(1, stranger(static_cast<std::uint64_t>(i)));
        }
        int callers_first = 0;
        while (b.take(10ms) == 0)
            ++callers_first;
        CHECK(callers_first <= 5);  // four parts, and one for the tie
    }

    TEST_CASE("take: work of callers that runs one at a time does not save time either")
    {
        bench b({.strangers = 1000});
        for (int i = 0; i < 200; ++i) {  // the reserved thread always has one, and none waits
            b.add(0, work_origin::of_caller(0));
            auto const running = b.queue.take(taker::callers, start);
            b.add(1, stranger(1));
            CHECK(b.take(1s) == 1);
            b.queue.ended(running->from, 1s);
        }
        for (int i = 0; i < 20; ++i) {
            b.add(0, work_origin::of_caller(0));
            b.add(1, stranger(static_cast<std::uint64_t>(i)));
        }
        int callers_first = 0;
        while (b.take(1s) == 0)
            ++callers_first;
        CHECK(callers_first <= 5);
    }
}

namespace {

using work_queue_time = work_queue::time_point;

/// Threads, callers and strangers in simulated time.
class simulation {
public:
    simulation(std::uint64_t seed, std::size_t threads, std::size_t when_crowded)
        : random_(seed),
          limits_{.strangers = 16, .age = 400ms, .of_caller = 8, .when_crowded = when_crowded},
          queue_(limits_), threads_(threads)
    {
    }

    /// Everybody sends more than can be done.
    void run(int steps)
    {
        for (int i = 0; i < steps; ++i) {
            now_ += std::chrono::microseconds(random_() % 2000);
            end_those_done();
            for (int n = 0; n < 3; ++n)
                arrive();
            begin();
            check_late();
        }
    }

    work_queue::nanoseconds spent[work_lanes]{};
    std::size_t begun[work_lanes]{};
    work_queue::nanoseconds longest_gap{};  // between two jobs of strangers that begin

private:
    struct thread {
        bool is_busy = false;
        work_origin of = work_origin::of_service();
        work_queue_time until;
        work_queue::nanoseconds cost{};
    };

    void arrive()
    {
        auto const kind = random_() % 2000;  // the service itself rarely asks
        auto const from = kind == 0 ? work_origin::of_service()
            : kind < 1000           ? work_origin::of_caller(random_() % 2)
                                    : stranger(random_() % 3);
        auto const number = ++numbers_;
        std::unique_ptr<queued_work> work = std::make_unique<numbered>(number);
        auto const why = queue_.add(work, from, now_);
        check_late();
        if (from.is_capped_caller())
            CHECK(
                (why == work_refusal::caller) == (in_flight_[from.caller()] >= limits_.of_caller)
            );
        if (why == work_refusal::age)
            check_has_its_share(from);
        if (!why && from.is_capped_caller())
            ++in_flight_[from.caller()];
        if (!why)
            waiting_[static_cast<std::size_t>(from.lane())].push_back({number, from, now_});
        auto const& strangers = waiting_[1];
        auto const of = [&](auto const& holds) {
            return static_cast<std::size_t>(std::ranges::count_if(strangers, holds));
        };
        auto const all = of([](auto const& one) { return one.from.is_stranger(); });
        auto const same = of([&](auto const& one) {
            return one.from.is_stranger() && one.from.peer() == from.peer();
        });
        CHECK(all <= limits_.strangers);
        if (from.is_stranger())
            CHECK(same <= limits_.strangers / 2);
        if (why == work_refusal::full)
            CHECK(all == limits_.strangers);
        if (why == work_refusal::peer)
            CHECK(same == limits_.strangers / 2);
        if (!from.is_stranger() && !from.is_capped_caller())
            CHECK(!why);
    }

    /// It is a caller, and nobody could say that others took all places.
    void check_has_its_share(work_origin const& from)
    {
        REQUIRE(from.is_capped_caller());
        auto const of = [&](std::size_t caller) {
            return static_cast<std::size_t>(std::ranges::count_if(waiting_[0], [&](auto& one) {
                return one.from.caller() == caller;
            }));
        };
        bool const has_other = of(1 - from.caller()) > 0;
        CHECK(
            of(from.caller())
            >= std::max<std::size_t>(limits_.when_crowded / (has_other ? 2 : 1), 1)
        );
    }

    void check_late()
    {
        for (auto const& late : queue_.take_late()) {
            auto const number = bench::number_of(*late.work);
            auto& all = waiting_[static_cast<std::size_t>(late.lane)];
            auto const found = std::ranges::find(all, number, &waiter::number);
            REQUIRE(found != all.end());
            if (late.lane == work_lane::callers) {
                --in_flight_[found->from.caller()];
            } else {
                CHECK(found->from.is_stranger());
                CHECK(now_ - found->since > limits_.age);
            }
            all.erase(found);
        }
    }

    void begin()
    {
        for (std::size_t i = 0; i < threads_.size(); ++i) {
            auto& one = threads_[i];
            if (one.is_busy)
                continue;
            bool const is_reserved = i == 0 && threads_.size() > 1;
            auto next = queue_.take(is_reserved ? taker::callers : taker::everything, now_);
            check_late();
            if (!next)
                continue;
            auto const lane = static_cast<std::size_t>(next->from.lane());
            CHECK((!is_reserved || lane == 0));
            // the first of those who sent it, whoever's turn it was
            auto const first = std::ranges::find_if(waiting_[lane], [&](auto const& one) {
                return one.from.is_same(next->from);
            });
            REQUIRE(first != waiting_[lane].end());
            CHECK(first->number == bench::number_of(*next->work));
            if (next->from.is_stranger())
                CHECK(next->waited <= limits_.age);
            waiting_[lane].erase(first);
            if (lane == 1) {
                longest_gap = std::max<work_queue::nanoseconds>(longest_gap, now_ - last_stranger_);
                last_stranger_ = now_;
            }
            ++begun[lane];
            one.is_busy = true;
            one.of = next->from;
            one.cost = std::chrono::microseconds(200 + random_() % (lane == 0 ? 8000 : 30'000));
            one.until = now_ + one.cost;
        }
    }

    void end_those_done()
    {
        for (auto& one : threads_) {
            if (!one.is_busy || one.until > now_)
                continue;
            one.is_busy = false;
            queue_.ended(one.of, one.cost);
            spent[static_cast<std::size_t>(one.of.lane())] += one.cost;
            if (one.of.is_capped_caller())
                --in_flight_[one.of.caller()];
        }
    }

    struct waiter {
        int number;
        work_origin from;
        work_queue_time since;
    };
    std::mt19937_64 random_;
    work_queue::limits limits_;
    work_queue queue_;
    std::vector<thread> threads_;
    std::deque<waiter> waiting_[work_lanes];
    std::map<std::size_t, std::size_t> in_flight_;
    int numbers_ = 0;
    work_queue_time now_ = start, last_stranger_ = start;
};

}  // namespace

TEST_SUITE("service/runtime/work_queue: simulation")
{
    TEST_CASE("any arrivals: order, places, limits and ages hold, weights are kept, nobody starves")
    {
        for (std::uint64_t seed = 1; seed <= 3; ++seed)
            for (std::size_t const threads : {1U, 2U, 4U})
                for (std::size_t const when_crowded : {std::size_t{1000}, 4 * threads}) {
                    CAPTURE(seed);
                    CAPTURE(threads);
                    CAPTURE(when_crowded);
                    simulation life(seed, threads, when_crowded);
                    life.run(4000);
                    auto const share = std::chrono::duration<double>(life.spent[1])
                        / std::chrono::duration<double>(life.spent[0] + life.spent[1]);
                    CHECK(share > 0.17);
                    CHECK(share < 0.23);
                    CHECK(life.longest_gap < 600ms);  // 30 ms of 1 part wait for 120 ms of 4
                }
    }
}

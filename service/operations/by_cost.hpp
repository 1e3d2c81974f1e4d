#pragma once

#include "service/operations/request_costs.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/lateness.hpp"
#include "service/runtime/pool_operations.hpp"

#include <optional>

namespace service {

/// What one request may hold up the other connections of its thread.
inline constexpr std::chrono::milliseconds io_allowance{1};

/// The same while requests wait for the thread: then signatures by RSA keys leave it, and wait where
/// they are refused before they wait too long.
inline constexpr std::chrono::microseconds late_io_allowance{250};

/// What a job may cost that goes before long ones.
inline constexpr std::chrono::milliseconds short_job_max{5};

template <class Work>
using result_by_cost = std::optional<std::invoke_result_t<Work&, core::crypto::operation_cache&>>;

/// Runs `work(kept)` on this thread, as long as that costs little.
///
/// work     as for run_beyond_io, which continues with it.
/// here     the operation cache of this thread.
/// Returns  nullopt: it costs more.
template <class Work>
result_by_cost<Work>
run_at_once(request_costs& costs, core::crypto::operation_cache& here, Work& work)
{
    bool const is_late = thread_lateness().is_late();
    costs.budget.hold_to(is_late ? late_io_allowance : io_allowance);
    result_by_cost<Work> done{work(here)};
    if (costs.budget.is_held_up())
        done.reset();
    costs.budget.release();
    return done;
}

/// Whether the pool is too crowded for what cost more than run_at_once allows. Then answer
/// `overloaded`: that costs less than to ask for it with run_beyond_io.
inline bool is_turned_away(request_costs const& costs, work_pool& pool)
{
    bool const is_short = costs.budget.held_up_by() <= short_job_max;
    bool const is_refused = pool.turns_away(is_short ? costs.from.as_short() : costs.from);
    if (is_refused)
        thread_lateness().refused();
    return is_refused;
}

/// Runs `work(kept)` on the pool: as a short job as long as it is one, and else once more with all
/// that the request may cost. `kept` is the operation cache of the thread that runs it.
/// Name the callable before the co_await that calls this. On the pool it may still run when its
/// caller no longer exists, but never when the service no longer exists.
///
/// work     charges costs.budget for everything expensive, and may begin again: a run has no effect
///          when it is held up.
/// Returns  nullopt: the pool refused it. Answer `overloaded`.
template <class Work>
asio::awaitable<result_by_cost<Work>>
run_beyond_io(request_costs& costs, work_pool& pool, Work work)
{
    auto& budget = costs.budget;
    bool const was_begun = budget.held_up_by() <= short_job_max;
    if (was_begun) {
        budget.hold_to(short_job_max);
        auto as_short = [job = work]() mutable { return job(pool_operations()); };
        auto done = co_await run_on(pool, costs.from.as_short(), std::move(as_short));
        bool const is_held_up = budget.is_held_up();
        budget.release();
        if (!done || !is_held_up)
            co_return done;
    }
    auto whole = [job = std::move(work)]() mutable { return job(pool_operations()); };
    auto const from = was_begun ? costs.from.as_continued() : costs.from;
    co_return co_await run_on(pool, from, std::move(whole));
}

/// The same, but first on this thread, as long as that costs little.
///
/// here     the operation cache of this thread.
template <class Work>
asio::awaitable<result_by_cost<Work>>
run_by_cost(request_costs& costs, work_pool& pool, core::crypto::operation_cache& here, Work work)
{
    auto done = run_at_once(costs, here, work);
    if (done || is_turned_away(costs, pool))
        co_return done;
    co_return co_await run_beyond_io(costs, pool, std::move(work));
}

}  // namespace service

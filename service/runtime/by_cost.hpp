#pragma once

#include "service/runtime/async.hpp"
#include "service/runtime/pool_operations.hpp"

namespace service {

/// Runs `work(kept)` on this thread, or on the pool when it is expensive, so that it does not hold
/// up other I/O. `kept` is the operation cache of the thread that runs it.
/// Name the callable before the co_await that calls this. It must own what it needs: on the pool it
/// may still run when its caller no longer exists.
///
/// from     for whom; see run_on.
/// here     the operation cache of this thread.
/// Returns  nullopt: the pool refused it.
template <class Work>
asio::awaitable<std::optional<std::invoke_result_t<Work&, core::crypto::operation_cache&>>>
run_by_cost(
    bool is_expensive, work_pool& pool, work_origin from, core::crypto::operation_cache& here,
    Work work
)
{
    if (!is_expensive)
        co_return work(here);
    auto on_pool = [job = std::move(work)]() mutable { return job(pool_operations()); };
    co_return co_await run_on(pool, from, std::move(on_pool));
}

}  // namespace service

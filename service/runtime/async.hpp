#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

namespace service {

namespace asio = boost::asio;

/// Runs `work()` on the pool and resumes the caller on the executor that it came from.
/// Name the callable before the co_await that calls this. What `work` throws, this throws.
///
/// It spawns a coroutine because `co_await asio::post(pool, use_awaitable)` resumes on the caller's
/// own executor before anything has run.
template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> run_on(asio::thread_pool& pool, Work work)
{
    auto task = [](Work job) -> asio::awaitable<std::invoke_result_t<Work&>> { co_return job(); };
    auto running = task(std::move(work));
    co_return co_await asio::co_spawn(pool.get_executor(), std::move(running), asio::use_awaitable);
}

}  // namespace service

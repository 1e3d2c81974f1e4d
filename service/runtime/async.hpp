#pragma once

#include "service/runtime/work_pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace service {

namespace asio = boost::asio;

/// Work that a coroutine waits for. Its executor counts as busy until the coroutine resumes there.
template <class Work, class Handler> class awaited_work final : public queued_work {
public:
    awaited_work(Work work, Handler waiting)
        : work_(std::move(work)), waiting_(std::move(waiting)),
          home_(asio::get_associated_executor(waiting_))
    {
    }

    void run() noexcept override
    {
        try {
            auto work = std::move(*work_);
            work_.reset();
            result_.emplace(work());
        } catch (...) {
            problem_ = std::current_exception();
        }
    }
    void deliver() noexcept override
    {
        work_.reset();
        auto resume = [waiting = std::move(waiting_), problem = std::move(problem_),
                       result = std::move(result_)]() mutable {
            std::move(waiting)(std::move(problem), std::move(result));
        };
        asio::post(home_.get_executor(), std::move(resume));
    }

private:
    std::optional<Work> work_;
    Handler waiting_;
    asio::executor_work_guard<asio::associated_executor_t<Handler>> home_;
    std::exception_ptr problem_;
    std::optional<std::invoke_result_t<Work&>> result_;
};

/// Runs `work()` on the pool and resumes the caller on the executor that it came from.
/// Name the callable before the co_await that calls this. What `work` throws, this throws.
///
/// work     must own what it needs, because its caller may no longer exist when it runs.
/// from     for whom; it decides how long the work waits and whether it is refused.
/// Returns  nullopt: refused, it never ran. Answer `overloaded`. The service's own work is never
///          refused while the service runs.
template <class Work>
asio::awaitable<std::optional<std::invoke_result_t<Work&>>>
run_on(work_pool& pool, work_origin from, Work work)
{
    using result = std::optional<std::invoke_result_t<Work&>>;
    auto start = [&pool, from](auto waiting, Work job) {
        using made = awaited_work<Work, decltype(waiting)>;
        pool.submit(std::make_unique<made>(std::move(job), std::move(waiting)), from);
    };
    auto const token = asio::use_awaitable;
    co_return co_await asio::async_initiate<
        asio::use_awaitable_t<> const, void(std::exception_ptr, result)>(
        std::move(start), token, std::move(work)
    );
}

/// Runs `work()` on the pool some time, as the service's own. Nobody waits for it; it must not
/// throw.
template <class Work> void run_later_on(work_pool& pool, Work work)
{
    class unwatched_work final : public queued_work {
    public:
        explicit unwatched_work(Work work) : work_(std::move(work)) {}
        void run() noexcept override { work_(); }
        void deliver() noexcept override {}

    private:
        Work work_;
    };
    pool.submit(std::make_unique<unwatched_work>(std::move(work)), work_origin::of_service());
}

}  // namespace service

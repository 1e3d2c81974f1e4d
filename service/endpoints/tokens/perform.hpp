#pragma once

#include "service/endpoints/tokens/reply_of.hpp"
#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/runtime/by_cost.hpp"
#include "service/state/worker.hpp"

#include <memory>
#include <optional>

namespace service {

/// Who asks by an HTTP request, and what the service has now.
inline request_scope scope_of(http::request const& request, worker& here)
{
    auto const now = here.shared.now();
    return {request.who(), here.current(now), here.shared.metrics, now};
}

/// One request from its members to its answer. It owns everything, so it may go to the pool.
template <class Request> class operation_task {
public:
    operation_task(
        operation<Request> const& what, core::json::document body, request_scope const& in
    )
        : what_(what), body_(std::move(body)), in_(in)
    {
    }

    bool is_expensive_to_read() const
    {
        return what_.is_expensive_to_read(body_.root(), in_.settings());
    }
    void read() { read_.emplace(what_.read(body_.root(), in_)); }
    /// What was read, or is read now.
    core::result<Request>& request()
    {
        if (!read_)
            read();
        return *read_;
    }
    request_scope const& scope() const noexcept { return in_; }
    /// What has not been read yet is expensive to run, because reading it is expensive.
    bool is_expensive_to_run() const
    {
        return !read_ || (*read_ && what_.is_expensive_to_run(**read_));
    }
    /// Reads what was not read yet, and runs it.
    operation_answer run(core::crypto::operation_cache& kept)
    {
        return what_.finish(request(), in_, &kept);
    }

private:
    operation<Request> const& what_;
    core::json::document body_;
    request_scope in_;
    std::optional<core::result<Request>> read_;
};

/// Answers a request with an operation: each step runs on this thread, or on the pool where it is
/// expensive.
///
/// what     lives as long as the service.
template <class Request>
asio::awaitable<http::reply>
perform(operation<Request> const& what, http::request const& request, worker& here)
{
    auto& shared = here.shared;
    auto body = parse_body(request.body(), shared.settings.limits);
    if (!body)
        co_return http::problem(body.error(), request);
    auto const task =
        std::make_shared<operation_task<Request>>(what, std::move(*body), scope_of(request, here));
    if (!task->is_expensive_to_read())
        task->read();
    auto run = [task](core::crypto::operation_cache& kept) { return task->run(kept); };
    auto answer = co_await run_by_cost(
        task->is_expensive_to_run(), shared.cpu, here.operations, std::move(run)
    );
    co_return reply_of(std::move(answer), request);
}

}  // namespace service

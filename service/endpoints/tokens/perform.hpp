#pragma once

#include "service/endpoints/tokens/reply_of.hpp"
#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/by_cost.hpp"
#include "service/operations/operation.hpp"
#include "service/state/worker.hpp"

#include <memory>
#include <optional>

namespace service {

/// What one HTTP request may cost, who asks, with what the service has now, and what is noted of it
/// for the audit log. The scope refers to costs and note, so that it stays where it is.
class request_work {
public:
    request_work(http::request const& request, worker& here)
        : request_work(request, request.who(), here.shared.now(), request.seen())
    {
    }
    request_work(request_work const&) = delete;
    request_work& operator=(request_work const&) = delete;

    request_costs costs;

    /// The reply for an answer, with what was noted on the way.
    http::reply reply(operation_answer answer, http::request const& to)
    {
        auto made = reply_of(std::move(answer), to);
        if (note_)
            made.audited.push_back(std::move(*note_));
        return made;
    }

protected:
    /// Whether the audit log wants to know what this request does.
    bool is_audited() const noexcept { return note_.has_value(); }

    request_scope in_;

private:
    request_work(
        http::request const& request, identity const& by, core::instant now,
        std::shared_ptr<snapshot const> seen
    )
        : costs(costs_of(by, seen->settings)),
          in_{by, std::move(seen), now, &costs.budget, request.request_id(), request.traceparent()}
    {
        if (in_.settings().audit.is_on())
            in_.note = &note_.emplace();
    }

    std::optional<core::audit_note> note_;
};

/// One request from its members to its answer. It owns everything but the request's own octets, so
/// it may go to the pool, and it may begin again when its budget held it up.
template <class Request> class operation_task : public request_work {
public:
    operation_task(operation<Request> const& what, http::request const& request, worker& here)
        : request_work(request, here), what_(what), text_(request.body())
    {
    }
    /// Reads what was not read yet.
    ///
    /// Returns  the answer to a request that could not be read; nullopt = `request` has it.
    std::optional<operation_answer> read()
    {
        if (!body_) {
            auto parsed = parse_body(text_, in_.settings().limits, in_.budget);
            if (!parsed)
                return operation_answer{parsed.error(), context::request};
            body_ = std::move(*parsed);
        }
        if (!read_) {
            auto made = what_.read(body_->root(), in_);
            if (!made)
                return what_.refuse(made.error());
            if (costs.budget.is_held_up())
                return operation_answer{core::errc::work_exceeded};
            read_.emplace(std::move(*made));
        }
        return std::nullopt;
    }
    /// Precondition: it was read.
    Request& request() { return *read_; }
    request_scope const& scope() const noexcept { return in_; }

    operation_answer run(core::crypto::operation_cache& kept)
    {
        if (auto refusal = read())
            return std::move(*refusal);
        return what_.run(*read_, in_, &kept);
    }

private:
    operation<Request> const& what_;
    std::string_view text_;
    std::optional<core::json::document> body_;
    std::optional<Request> read_;
};

/// The rest of `perform`, on the pool.
template <class Request>
asio::awaitable<http::reply> perform_beyond_io(
    std::shared_ptr<operation_task<Request>> task, http::request const& request, worker& here
)
{
    auto run = [task](core::crypto::operation_cache& kept) { return task->run(kept); };
    auto answer = co_await run_beyond_io(task->costs, here.shared.cpu, std::move(run));
    if (!answer)
        co_return http::problem(core::errc::overloaded, request);
    co_return task->reply(std::move(*answer), request);
}

/// Answers a request with an operation, on this thread or, where it costs more, on the pool.
///
/// what     lives as long as the service.
template <class Request>
http::pending_reply
perform(operation<Request> const& what, http::request const& request, worker& here)
{
    auto task = std::make_shared<operation_task<Request>>(what, request, here);
    auto run = [&task](core::crypto::operation_cache& kept) { return task->run(kept); };
    if (auto answer = run_at_once(task->costs, here.operations, run))
        return task->reply(std::move(*answer), request);
    if (is_turned_away(task->costs, here.shared.cpu))
        return http::problem(core::errc::overloaded, request);
    return perform_beyond_io(std::move(task), request, here);
}

}  // namespace service

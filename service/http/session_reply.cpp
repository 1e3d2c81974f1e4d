#include "service/http/listener_tls.hpp"
#include "service/http/render.hpp"
#include "service/http/session.hpp"
#include "service/http/session_set.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>

namespace service::http {

namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

}  // namespace

/// The octets of a reply that are counted; 0 = it fits a connection's own memory, or health's.
std::size_t session::long_body_of(reply const& answer) const noexcept
{
    bool const is_long = at_.role == role::data && answer.body.size() > idle_memory_max;
    return is_long ? answer.body.size() : 0;
}

/// Makes another reply of one that cannot be sent. Before it is recorded: a record says what is sent.
/// Memory for a long reply is taken before it is begun, so that it is never cut.
void session::make_sendable(reply& answer, request const& to)
{
    auto const refuse = [&](core::errc why) {
        auto other = problem(why, to);
        other.audited = std::move(answer.audited);
        other.is_batch = answer.is_batch;
        for (auto& one : other.audited) {
            one.code = other.code;
            one.status = other.status;
        }
        answer = std::move(other);
    };
    if (!answer.headers.is_sendable()) {
        log_error("reply_unsendable", {});
        refuse(core::errc::internal);
    }
    auto const octets = long_body_of(answer);
    if (octets != 0 && !hold(buffer_.capacity(), body_.memory() + octets))
        refuse(core::errc::overloaded);
}

/// Adds the reply to what is to be written, and lets go of the request.
///
/// answer   see make_sendable.
/// Returns  whether the connection continues after it.
bool session::prepare_reply(reply answer)
{
    bool const is_long = long_body_of(answer) != 0;
    auto const& settings = here_.settings();
    ++served_;
    bool const close = admitted_.must_close || !head_.keep_alive || among_.is_closing()
        || here_.shared.is_draining() || served_ >= settings.limits.requests_per_connection
        || (at_.tls != nullptr && at_.tls->is_on() != (secured_ != nullptr));
    is_last_ = close;
    render_options how;
    how.request_id = id_;
    how.traceparent = trace_;
    how.is_head = head_.method == "HEAD";
    how.close = close;
    how.is_http_1_0 = head_.is_http_1_0;
    how.dev = settings.dev;
    how.is_open = settings.development.is_open;
    render(out_, answer, how);
    caller_place_.give_back();
    answer.body = {};
    release_body();
    if (is_long)
        static_cast<void>(hold(buffer_.capacity(), out_.capacity()));
    buffer_.consume(std::min(head_size_, buffer_.unread().size()));
    seen_.reset();
    lingers_ = admitted_.must_close || (close && !buffer_.empty());
    finish(answer);
    return !close;
}

void session::finish(reply const& answer)
{
    now_ = steady_clock::now();
    auto const took = started_ == steady_time{} ? steady_clock::duration{} : now_ - started_;
    auto const* const served_by = admitted_.to;
    auto const route = route_index(routes_, served_by);
    here_.shared.metrics.count<"signet_http_requests_total">(route, answer.status);
    here_.shared.metrics.observe<"signet_http_request_duration_seconds">(took, route);
    if (!trace_.empty() && here_.settings().log.spans)
        tell_span(answer, took);
    if (logs(config::log_level::debug))
        log_debug(
            "request",
            {{"route", served_by == nullptr ? std::string_view("other") : served_by->path},
             {"status", answer.status},
             {"code", answer.code},
             {"request_id", id_},
             {"traceparent", trace_},
             {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}}
        );
}

/// Most replies fit the socket's buffer, and need no event loop.
///
/// Returns  whether all of it was written; nullopt: the peer has to read first.
std::optional<bool> session::write_at_once()
{
    if (secured_ && !seal())
        return false;
    return send_at_once();
}

/// The same for octets that are as they are sent.
std::optional<bool> session::send_at_once()
{
    error_code problem;
    written_ = socket_.write_some(boost::asio::buffer(out_), problem);
    if (problem && problem != boost::asio::error::would_block)
        return false;
    if (written_ != out_.size())
        return std::nullopt;
    out_.clear();
    return true;
}

asio::awaitable<bool> session::write()
{
    auto const is_written = write_at_once();
    if (is_written)
        co_return *is_written;
    co_return co_await write_rest();
}

/// What write_at_once has left.
asio::awaitable<bool> session::write_rest()
{
    wait_until(steady_clock::now() + here_.settings().limits.request_timeout);
    is_write_cut_ = true;
    // A reply that waits for a slow reader takes memory as a body does; health replies are small.
    if (at_.role == role::data && !hold(buffer_.capacity(), out_.capacity()))
        co_return false;
    is_write_blocked_ = true;
    error_code problem;
    while (!problem && !has_expired_ && written_ < out_.size())
        written_ += co_await socket_.async_write_some(
            boost::asio::buffer(out_.data() + written_, out_.size() - written_),
            asio::redirect_error(asio::use_awaitable, problem)
        );
    is_write_blocked_ = false;
    now_ = steady_clock::now();
    held_.give_back();
    is_write_cut_ = written_ != out_.size();
    out_.clear();
    co_return !is_write_cut_;
}

}  // namespace service::http

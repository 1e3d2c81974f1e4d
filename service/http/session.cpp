#include "service/http/session.hpp"

#include "service/http/admission.hpp"
#include "service/http/dispatch.hpp"
#include "service/http/listener.hpp"
#include "service/http/render.hpp"
#include "service/http/session_set.hpp"
#include "service/observe/log.hpp"
#include "service/operations/admit_caller.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace service::http {

namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t read_size = 4096;  // one read: most requests fit
// A client that sends a whole body before it reads can still read why that was refused.
constexpr std::size_t linger_octets_max = 2U * 1024U * 1024U;
constexpr std::chrono::milliseconds linger_time{1000};
constexpr std::uint32_t pipelined_in_a_row = 8;  // then it is the other connections' turn

}  // namespace

session::session(
    worker& here, route_table routes, listen_point const& at, session_set& among,
    stream_socket socket, service::peer from, connection_gate::place place
)
    : here_(here), routes_(routes), at_(at), among_(among), socket_(std::move(socket)),
      peer_(std::move(from)), place_(std::move(place)), is_counted_(place_.is_served())
{
    among_.add(*this);
    if (is_counted_)
        here_.shared.metrics.change<"signet_connections">(1, kind_of(at_));
    error_code ignored;
    socket_.non_blocking(true, ignored);
}

session::~session()
{
    if (is_counted_)
        here_.shared.metrics.change<"signet_connections">(-1, kind_of(at_));
}

void session::sweep(steady_time now)
{
    if (now < deadline_)
        return;
    has_expired_ = true;  // the deadline stays, so that a later wait is cut as well
    error_code ignored;
    socket_.cancel(ignored);
}

/// Every wait from here on ends at that time.
void session::wait_until(steady_time deadline)
{
    deadline_ = deadline;
    has_expired_ = false;
}

bool session::is_waiting_for_first_octet() const noexcept
{
    return phase_ == phase::idle && buffer_.empty();
}

void session::close_when_idle(steady_time now)
{
    if (!is_waiting_for_first_octet())
        return;
    deadline_ = std::min(deadline_, served_ == 0 ? now + fresh_time : now);
    sweep(now);
}

void session::close_now()
{
    error_code ignored;
    socket_.close(ignored);
}

void session::give_way()
{
    place_.give_back();
    close_now();
}

asio::awaitable<void> session::run()
{
    bool goes_on = true;
    while (goes_on) {
        goes_on = co_await serve_request();
        auto const in_a_row = at_.role == role::data ? pipelined_in_a_row : 1;  // health shares one
        if (!goes_on || buffer_.empty() || served_ % in_a_row != 0)
            continue;
        release_memory();
        phase_ = phase::idle;
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    }
    if (lingers_)
        co_await linger();
}

asio::awaitable<void> session::refuse()
{
    choose_request_id();
    lingers_ = true;
    co_await refuse_stream(core::errc::overloaded);
    co_await linger();
}

asio::awaitable<bool> session::serve_request()
{
    if (!co_await receive_head())
        co_return false;
    auto const& settings = here_.shared.settings;
    auto const admitted = admit(routes_, head_, peer_, at_, settings);
    route_ = admitted.to;
    bool const must_read = !admitted.refused && !route_->reads_no_body;
    if (must_read && !co_await receive_body(*route_))
        co_return false;
    has_body_ = must_read;
    phase_ = phase::serving;
    auto const from = make_request();
    bool const must_close = admitted.must_close || (!must_read && head_.announces_body());
    reply answer;
    if (admitted.refused)
        answer = refuse_head(admitted, from);
    else
        answer = co_await dispatch(*route_, from, here_);
    co_return co_await send(std::move(answer), from, must_close);
}

/// The reply to a request that was refused by its head. Who must not ask leaves a line in the log.
reply session::refuse_head(admission const& why, request const& from)
{
    auto& shared = here_.shared;
    refusal_subject asked;
    if (why.to != nullptr)
        asked = {refusal_subject::kind::route, why.to->path};
    tell_refused_caller(*why.refused, from.who(), {shared.metrics, &shared.refusals, id_}, asked);
    return refusal(why, from);
}

void session::release_memory()
{
    buffer_.shrink(idle_memory_max);
    if (out_.capacity() > idle_memory_max)
        out_ = {};
}

/// Returns  how many bytes arrived; 0 when the connection ended or the deadline passed. Bytes that
///          arrive exactly at the deadline do not extend it.
asio::awaitable<std::size_t> session::read_some()
{
    error_code problem;
    auto count = co_await socket_.async_read_some(
        boost::asio::buffer(buffer_.space(), buffer_.space_size()),
        asio::redirect_error(asio::use_awaitable, problem)
    );
    // A request that arrives while a stop or the idle deadline cuts the wait for it is still
    // served: it has its own deadline from its first byte on.
    bool const is_cut = problem == boost::asio::error::operation_aborted && socket_.is_open();
    if (is_cut && phase_ == phase::idle)
        count =
            socket_.read_some(boost::asio::buffer(buffer_.space(), buffer_.space_size()), problem);
    if (problem || (has_expired_ && phase_ != phase::idle))
        count = 0;
    buffer_.commit(count);
    co_return count;
}

request session::make_request() const
{
    request::parts parts;
    parts.method = head_.method;
    parts.path = head_.path;
    parts.query = head_.query;
    parts.fields = head_.fields;
    if (has_body_)
        parts.body = body_.body();
    parts.id = id_;
    parts.peer = &peer_;
    parts.listener = &at_;
    parts.deadline = started_ + here_.shared.settings.limits.request_timeout;
    return request(parts);
}

/// The stream cannot be read any further: says why and ends the connection.
asio::awaitable<bool> session::refuse_stream(core::failure why)
{
    if (id_.empty() || phase_ != phase::body)
        here_.next_request_id(id_);
    route_ = nullptr;
    auto const from = make_request();
    auto answer = problem(why, from);
    release_body();
    co_return co_await send(std::move(answer), from, true);
}

/// Returns  whether the connection continues.
asio::awaitable<bool> session::send(reply answer, request const& to, bool must_close)
{
    auto const& settings = here_.shared.settings;
    if (!is_sendable(answer)) {
        log_error("reply_unsendable", {});
        answer = problem(core::errc::internal, to);
    }
    // Memory for a long reply is taken before it is begun, so that it is never cut.
    bool const is_long = at_.role == role::data && answer.body.size() > idle_memory_max;
    if (is_long && !hold(buffer_.capacity(), body_.memory() + answer.body.size()))
        answer = problem(core::errc::overloaded, to);
    ++served_;
    bool const close = must_close || !head_.keep_alive || among_.is_closing()
        || here_.shared.is_draining() || served_ >= settings.limits.requests_per_connection;
    render_options how;
    how.request_id = id_;
    how.is_head = head_.method == "HEAD";
    how.close = close;
    how.is_http_1_0 = head_.is_http_1_0;
    how.dev = settings.dev;
    render(out_, answer, how);
    answer.body = {};
    release_body();
    if (is_long)
        static_cast<void>(hold(buffer_.capacity(), out_.capacity()));
    buffer_.consume(std::min(head_size_, buffer_.unread().size()));
    lingers_ = must_close || (close && !buffer_.empty());
    finish(answer);
    bool const is_written = co_await write_rest(0);
    lingers_ = lingers_ && is_written;
    co_return is_written && !close;
}

void session::finish(reply const& answer)
{
    auto const took =
        started_ == steady_time{} ? steady_clock::duration{} : steady_clock::now() - started_;
    auto const route = route_index(routes_, route_);
    here_.shared.metrics.count<"signet_http_requests_total">(route, answer.status);
    here_.shared.metrics.observe<"signet_http_request_duration_seconds">(took, route);
    if (logs(config::log_level::debug))
        log_debug(
            "request",
            {{"route", route_ == nullptr ? std::string_view("other") : route_->path},
             {"status", answer.status},
             {"code", answer.code},
             {"request_id", id_},
             {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}}
        );
}

/// Most replies fit the socket's buffer and are written at once, without the event loop.
asio::awaitable<bool> session::write_rest(std::size_t written)
{
    error_code problem;
    written += socket_.write_some(
        boost::asio::buffer(out_.data() + written, out_.size() - written), problem
    );
    if (!problem && written == out_.size())
        co_return true;
    if (problem && problem != boost::asio::error::would_block)
        co_return false;
    wait_until(steady_clock::now() + here_.shared.settings.limits.request_timeout);
    // A reply that waits for a slow reader takes memory as a body does; health replies are small.
    if (at_.role == role::data && !hold(buffer_.capacity(), out_.capacity()))
        co_return false;
    is_write_blocked_ = true;
    problem = {};
    while (!problem && !has_expired_ && written < out_.size())
        written += co_await socket_.async_write_some(
            boost::asio::buffer(out_.data() + written, out_.size() - written),
            asio::redirect_error(asio::use_awaitable, problem)
        );
    is_write_blocked_ = false;
    held_.give_back();
    co_return written == out_.size();
}

/// Closing while bytes of the peer are unread would reset the connection and lose our last reply.
/// RFC 9112 section 9.6: "the server ... continues to read from the connection until it receives a
/// corresponding close by the client"
asio::awaitable<void> session::linger()
{
    error_code problem;
    phase_ = phase::lingering;
    socket_.shutdown(stream_socket::shutdown_send, problem);
    wait_until(steady_clock::now() + linger_time);
    out_ = {};
    std::size_t seen = 0;
    while (!problem && seen < linger_octets_max) {
        buffer_.consume(buffer_.unread().size());
        buffer_.shrink(idle_memory_max);
        buffer_.reserve(read_size);
        auto const count = co_await read_some();
        if (count == 0)
            break;
        seen += count;
    }
}

}  // namespace service::http

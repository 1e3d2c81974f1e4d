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
      peer_(std::move(from)), place_(std::move(place)), is_counted_(place_.is_served()),
      now_(steady_clock::now())
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

/// The only coroutine of a request that arrives whole, needs no wait and has a reader.
asio::awaitable<void> session::run()
{
    bool goes_on = true;
    while (goes_on) {
        auto what = begin_head();
        while (what == next::read) {
            error_code problem;
            auto const count = co_await socket_.async_read_some(
                boost::asio::buffer(buffer_.space(), buffer_.space_size()),
                asio::redirect_error(asio::use_awaitable, problem)
            );
            what = received(count, problem) == 0 ? end_in_head() : look_for_head();
        }
        if (what == next::serve)
            what = begin_serving();
        if (what == next::read)
            what = co_await receive_body();
        if (what == next::serve) {
            phase_ = phase::serving;
            auto const from = make_request();
            auto answer = begin_reply(from);
            if (answer.must_wait()) {  // GCC 12 frees an awaitable twice that has no name
                auto rest = wait_for_reply(std::move(answer.later), from);
                answer.now = co_await std::move(rest);
            }
            goes_on = prepare_reply(std::move(answer.now), from);
            if (goes_on && joins_next())
                continue;
            auto is_written = write_at_once();
            if (!is_written)
                is_written = co_await write_rest();
            goes_on = goes_on && *is_written;
            lingers_ = lingers_ && *is_written;
        } else {
            if (what == next::refuse)
                co_await refuse_stream();
            goes_on = false;
        }
        if (goes_on && yields_turn()) {
            release_memory();
            phase_ = phase::idle;
            co_await asio::post(socket_.get_executor(), asio::use_awaitable);
        }
    }
    if (lingers_)
        co_await linger();
}

/// Whether the next request is here already, so that both replies can be written at once.
bool session::joins_next() const noexcept
{
    return !buffer_.empty() && !yields_turn() && out_.size() <= idle_memory_max
        && find_head(buffer_.unread()).progress == head_progress::complete;
}

/// Earlier replies do not wait for this one.
asio::awaitable<reply> session::wait_for_reply(asio::awaitable<reply> rest, request const& from)
{
    if (!out_.empty()) {
        if (!co_await write())
            close_now();
        static_cast<void>(hold(buffer_.capacity(), body_.memory()));  // which that has given back
    }
    auto finished = finish_dispatch(std::move(rest), *admitted_.to, from);
    co_return co_await std::move(finished);
}

/// Whether more requests are here, but it is the other connections' turn.
bool session::yields_turn() const noexcept
{
    auto const in_a_row = at_.role == role::data ? pipelined_in_a_row : 1;  // health shares one
    return !buffer_.empty() && served_ % in_a_row == 0;
}

asio::awaitable<void> session::refuse()
{
    choose_request_id();
    lingers_ = true;
    broken_ = core::errc::overloaded;
    co_await refuse_stream();
    co_await linger();
}

/// The stream cannot be read any further.
session::next session::refuse_with(core::failure why)
{
    broken_ = std::move(why);
    return next::refuse;
}

/// Decides on the head, and begins to read the body.
session::next session::begin_serving()
{
    admitted_ = admit(routes_, head_, peer_, at_, here_.shared.settings, &digest_);
    bool const must_read = !admitted_.refused && !admitted_.to->reads_no_body;
    if (must_read)
        return begin_body();
    admitted_.must_close = admitted_.must_close || head_.announces_body();
    return next::serve;
}

pending_reply session::begin_reply(request const& from)
{
    if (admitted_.refused)
        return refuse_head(from);
    return dispatch(*admitted_.to, from, here_);
}

/// The reply to a request that was refused by its head. Who must not ask leaves a line in the log.
reply session::refuse_head(request const& from)
{
    auto& shared = here_.shared;
    refusal_subject asked;
    if (admitted_.to != nullptr)
        asked = {refusal_subject::kind::route, admitted_.to->path};
    tell_refused_caller(
        *admitted_.refused, from.who(), {shared.metrics, &shared.refusals, id_}, asked
    );
    return refusal(admitted_, from);
}

void session::release_memory()
{
    buffer_.shrink(idle_memory_max);
    if (out_.empty() && out_.capacity() > idle_memory_max)
        out_ = {};
}

/// Takes what a read brought.
///
/// Returns  how many bytes arrived; 0 when the connection ended or the deadline passed. Bytes that
///          arrive exactly at the deadline do not extend it.
std::size_t session::received(std::size_t count, error_code problem)
{
    // A request that arrives while a stop or the idle deadline cuts the wait for it is still
    // served: it has its own deadline from its first byte on.
    bool const is_cut = problem == boost::asio::error::operation_aborted && socket_.is_open();
    if (is_cut && phase_ == phase::idle)
        count =
            socket_.read_some(boost::asio::buffer(buffer_.space(), buffer_.space_size()), problem);
    if (problem || (has_expired_ && phase_ != phase::idle))
        count = 0;
    is_filled_ = count == buffer_.space_size();
    buffer_.commit(count);
    return count;
}

asio::awaitable<std::size_t> session::read_some()
{
    error_code problem;
    auto const count = co_await socket_.async_read_some(
        boost::asio::buffer(buffer_.space(), buffer_.space_size()),
        asio::redirect_error(asio::use_awaitable, problem)
    );
    co_return received(count, problem);
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
    parts.kept_digest = &digest_;
    parts.listener = &at_;
    parts.deadline = started_ + here_.shared.settings.limits.request_timeout;
    return request(parts);
}

/// The stream cannot be read any further: says why and ends the connection.
asio::awaitable<void> session::refuse_stream()
{
    if (id_.empty() || phase_ != phase::body)
        here_.next_request_id(id_);
    admitted_ = {};
    admitted_.must_close = true;
    auto const from = make_request();
    auto answer = problem(*broken_, from);
    release_body();
    static_cast<void>(prepare_reply(std::move(answer), from));
    lingers_ = co_await write();
}

/// Adds the reply to what is to be written, and lets go of the request.
///
/// Returns  whether the connection continues after it.
bool session::prepare_reply(reply answer, request const& to)
{
    auto const& settings = here_.shared.settings;
    if (!answer.headers.is_sendable()) {
        log_error("reply_unsendable", {});
        answer = problem(core::errc::internal, to);
    }
    // Memory for a long reply is taken before it is begun, so that it is never cut.
    bool const is_long = at_.role == role::data && answer.body.size() > idle_memory_max;
    if (is_long && !hold(buffer_.capacity(), body_.memory() + answer.body.size()))
        answer = problem(core::errc::overloaded, to);
    ++served_;
    bool const close = admitted_.must_close || !head_.keep_alive || among_.is_closing()
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
    if (logs(config::log_level::debug))
        log_debug(
            "request",
            {{"route", served_by == nullptr ? std::string_view("other") : served_by->path},
             {"status", answer.status},
             {"code", answer.code},
             {"request_id", id_},
             {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}}
        );
}

/// Most replies fit the socket's buffer, and need no event loop.
///
/// Returns  whether all of it was written; nullopt: the peer has to read first.
std::optional<bool> session::write_at_once()
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
    wait_until(steady_clock::now() + here_.shared.settings.limits.request_timeout);
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
    bool const is_written = written_ == out_.size();
    out_.clear();
    co_return is_written;
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

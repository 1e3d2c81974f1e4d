#include "service/http/session.hpp"

#include "service/http/dispatch.hpp"
#include "service/http/listener.hpp"
#include "service/http/listener_tls.hpp"
#include "service/http/session_set.hpp"
#include "service/http/socket_memory.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/lateness.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <utility>

namespace service::http {

namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

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
    if (peer_.is_unix)
        limit_buffers(socket_.native_handle(), true);
    else
        limit_silence(socket_.native_handle(), here_.settings().limits.request_timeout);
}

session::~session()
{
    among_.end_handshake(*this);
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
    return phase_ == phase::handshake || (phase_ == phase::idle && !has_unread());
}

/// The only coroutine of a request that arrives whole, needs no wait and has a reader.
asio::awaitable<void> session::run()
{
    bool goes_on = true;
    begin_tls();
    if (secured_)
        goes_on = co_await shake_hands();
    while (goes_on) {
        auto what = begin_head();
        while (what == next::read) {
            if (auto const is_here = secured_ ? look_in_tls() : std::nullopt) {
                what = *is_here;
                continue;
            }
            error_code problem;
            auto const count = co_await socket_.async_read_some(
                read_space(), asio::redirect_error(asio::use_awaitable, problem)
            );
            what = received(count, problem) == 0 ? end_in_head() : look_for_head();
        }
        if (what == next::serve)
            what = begin_serving();
        while (what == next::ask_who || what == next::read) {
            if (what == next::ask_who) {
                what = co_await find_sender_later();
                continue;
            }
            what = co_await receive_body();
            if (what == next::serve)
                what = look_again();
        }
        if (what == next::serve) {
            phase_ = phase::serving;
            auto const from = make_request();
            auto answer = begin_reply(from);
            if (answer.must_wait()) {  // GCC 12 frees an awaitable twice that has no name
                auto rest = wait_for_reply(std::move(answer.later), from);
                answer.now = co_await std::move(rest);
            }
            make_sendable(answer.now, from);
            auto needed = audit(answer.now);
            if (!needed.empty()) {
                auto recorded = wait_for_records(std::move(needed), std::move(answer.now), from);
                answer.now = co_await std::move(recorded);
            }
            goes_on = prepare_reply(std::move(answer.now));
            if (goes_on && joins_next())
                continue;
            auto is_written = write_at_once();
            if (!is_written)
                is_written = co_await write_rest();
            is_write_cut_ = !*is_written;
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
    end_tls();
    if (lingers_)
        co_await linger();
    if (has_reader())
        co_await wait_for_reader();
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
    auto got = co_await std::move(finished);
    if (!got.begins_again)
        co_return got;
    auto again = reply_again();
    co_return co_await std::move(again);
}

/// Whether more requests are here, but it is the other connections' turn.
bool session::yields_turn() const noexcept
{
    // Health shares one. While others wait, nobody has several turns at once either.
    bool const has_several = at_.role == role::data && !thread_lateness().is_late();
    auto const in_a_row = has_several ? pipelined_in_a_row : 1;
    return has_unread() && served_ % in_a_row == 0;
}

asio::awaitable<void> session::refuse()
{
    if (at_.tls != nullptr && at_.tls->is_on())
        co_return;
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

pending_reply session::begin_reply(request const& from)
{
    if (admitted_.refused)
        return refuse_head(from);
    if (is_unrecordable())
        return unrecorded(from);
    return dispatch(*admitted_.to, from, here_);
}

void session::release_memory()
{
    buffer_.shrink(idle_memory_max);
    if (secured_)
        secured_->shrink();
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
        count = socket_.read_some(read_space(), problem);
    if (problem || (has_expired_ && phase_ != phase::idle))
        count = 0;
    if (secured_)
        return unseal(count);
    is_filled_ = count == buffer_.space_size();
    buffer_.commit(count);
    return count;
}

asio::awaitable<std::size_t> session::read_some()
{
    if (secured_) {  // what has arrived already
        auto const taken = take_decrypted();
        if (taken != 0 || secured_->has_ended())
            co_return taken;
    }
    error_code problem;
    auto const count = co_await socket_.async_read_some(
        read_space(), asio::redirect_error(asio::use_awaitable, problem)
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
    parts.traceparent = trace_;
    parts.peer = &peer_;
    parts.sender = sender_ ? &*sender_ : nullptr;
    parts.listener = &at_;
    parts.seen = &seen_;
    parts.has_waited = has_waited_;
    parts.deadline = started_ + here_.settings().limits.request_timeout;
    return request(parts);
}

/// The stream cannot be read any further: says why and ends the connection.
asio::awaitable<void> session::refuse_stream()
{
    bool const is_known = !id_.empty() && phase_ == phase::body;
    auto const* const asked = is_known ? admitted_.to : nullptr;
    if (!is_known) {
        here_.next_request_id(id_);
        trace_.clear();
    }
    admitted_ = {};
    admitted_.must_close = true;
    auto const from = make_request();
    auto answer = problem(*broken_, from);
    make_sendable(answer, from);
    admitted_.to = asked;
    static_cast<void>(audit(answer));  // nothing was done that needs a record
    admitted_.to = nullptr;
    release_body();
    static_cast<void>(prepare_reply(std::move(answer)));
    lingers_ = co_await write();
}

}  // namespace service::http

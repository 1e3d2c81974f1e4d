#include "core/base/ascii.hpp"
#include "core/base/trace_parent.hpp"
#include "service/http/session.hpp"
#include "service/http/session_set.hpp"
#include "service/runtime/gathering.hpp"
#include "service/runtime/lateness.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace service::http {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t head_read = 1024;  // bytes of room for one read; most heads fit

/// How long the octets that arrived last have been here. Unix sockets do not tell: 0.
std::chrono::milliseconds age_of_last_octets(int socket)
{
    tcp_info known{};
    socklen_t size = sizeof known;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &known, &size) != 0)
        return {};
    return std::chrono::milliseconds(known.tcpi_last_data_recv);
}

bool is_fit_request_id(std::string_view id)
{
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !id.empty() && id.size() <= 64
        && id.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

/// Goes back to waiting for the first byte of a request. Keeps nothing of the last one.
session::next session::begin_head()
{
    phase_ = phase::idle;
    head_.reset();
    head_seen_ = head_size_ = 0;
    sender_.reset();
    caller_place_.give_back();
    admitted_ = {};
    has_body_ = has_waited_ = false;
    release_memory();
    if (!hold(buffer_.capacity(), 0))  // unread bytes are part of the next request
        return refuse_with(core::errc::overloaded);
    auto const& limits = here_.settings().limits;
    auto const patience = among_.is_closing() ? fresh_time
        : served_ == 0                        ? limits.head_timeout
                                              : limits.idle_timeout;
    wait_until(now_ + patience);
    return look_for_head();
}

/// Looks whether a whole head has arrived, and reads it then.
session::next session::look_for_head()
{
    auto const& limits = here_.settings().limits;
    if (phase_ == phase::idle && !buffer_.empty())
        begin_request();
    // RFC 9112 section 2.2: "SHOULD ignore at least one empty line (CRLF) received prior to the
    // request-line"
    if (head_seen_ == 0 && buffer_.unread().starts_with("\r\n"))
        buffer_.consume(2);
    head_extent extent{head_progress::incomplete, head_seen_};
    if (buffer_.unread() != "\r")
        extent = find_head(buffer_.unread(), head_seen_);
    if (extent.progress == head_progress::broken)
        return refuse_with(
            core::failure::of(core::errc::request_invalid, "The request is not well-formed HTTP.")
        );
    bool const is_complete = extent.progress == head_progress::complete;
    auto const size = is_complete ? extent.size : buffer_.unread().size();
    if (size > limits.head_bytes || (size == limits.head_bytes && !is_complete))
        return refuse_with(core::errc::head_too_large);
    if (is_complete)
        return read_head(extent.size);
    head_seen_ = extent.size;
    auto const unread = std::min(buffer_.unread().size(), idle_memory_max);
    auto const room = is_filled_ ? std::max(head_read, idle_memory_max - unread) : head_read;
    if (!hold(buffer_.capacity_for(room), 0))
        return refuse_with(core::errc::overloaded);
    buffer_.reserve(room);
    return next::read;
}

session::next session::read_head(std::size_t size)
{
    head_size_ = size;
    auto const head = buffer_.unread().substr(0, head_size_);
    if (auto problem = scan_head(head, here_.settings().limits.head_fields, head_))
        return refuse_with(std::move(*problem));
    choose_request_id();
    return next::serve;
}

/// Nothing arrives any more.
session::next session::end_in_head()
{
    if (has_expired_ && phase_ == phase::head)
        return refuse_with(core::errc::request_timeout);
    return next::end;
}

void session::begin_request()
{
    phase_ = phase::head;
    started_ = now_ = steady_clock::now();
    if (at_.role == role::data && thread_lateness().is_due(now_)) {
        thread_lateness().saw(age_of_last_octets(socket_.native_handle()), now_);
        if (thread_lateness().is_refused_at(now_))
            let_requests_gather(here_.io);
    }
    wait_until(started_ + here_.settings().limits.head_timeout);
}

/// Keeps the request id and the trace that the caller names, where they are well formed.
void session::choose_request_id()
{
    bool is_chosen = false;
    std::size_t traces = 0;
    trace_.clear();
    for (auto const& one : head_.fields) {
        if (!is_chosen && core::equal_without_case(one.name, "X-Request-Id")) {
            is_chosen = is_fit_request_id(one.value);
            if (is_chosen)
                id_.assign(one.value);
        } else if (core::equal_without_case(one.name, "traceparent") && ++traces == 1) {
            if (core::parse_trace_parent(one.value))
                trace_.assign(one.value);
        }
    }
    if (traces > 1)  // nobody knows which of them is meant
        trace_.clear();
    if (!is_chosen)
        here_.next_request_id(id_);
}

}  // namespace service::http

#include "core/base/ascii.hpp"
#include "service/http/session.hpp"
#include "service/http/session_set.hpp"

namespace service::http {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t head_read = 1024;  // bytes of room for one read; most heads fit

bool is_fit_request_id(std::string_view id)
{
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !id.empty() && id.size() <= 64
        && id.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

/// Returns  false when the connection is over: it ended, or the peer was told why.
asio::awaitable<bool> session::receive_head()
{
    auto const& limits = here_.shared.settings.limits;
    forget_request();
    if (!hold(buffer_.capacity(), 0))  // unread bytes are part of the next request
        co_return co_await refuse_stream(core::errc::overloaded);
    auto const patience = among_.is_closing() ? fresh_time
        : served_ == 0                        ? limits.head_timeout
                                              : limits.idle_timeout;
    wait_until(steady_clock::now() + patience);
    if (!buffer_.empty())
        begin_request();
    head_extent extent{head_progress::incomplete};
    for (;;) {
        // RFC 9112 section 2.2: "SHOULD ignore at least one empty line (CRLF) received prior to
        // the request-line"
        if (extent.size == 0 && buffer_.unread().starts_with("\r\n"))
            buffer_.consume(2);
        if (buffer_.unread() != "\r")
            extent = find_head(buffer_.unread(), extent.size);
        if (extent.progress == head_progress::broken)
            co_return co_await refuse_stream(core::failure::of(
                core::errc::request_invalid, "The request is not well-formed HTTP."
            ));
        auto const size =
            extent.progress == head_progress::complete ? extent.size : buffer_.unread().size();
        if (size > limits.head_bytes
            || (size == limits.head_bytes && extent.progress != head_progress::complete))
            co_return co_await refuse_stream(core::errc::head_too_large);
        if (extent.progress == head_progress::complete)
            break;
        if (!hold(buffer_.capacity_for(head_read), 0))
            co_return co_await refuse_stream(core::errc::overloaded);
        buffer_.reserve(head_read);
        if (co_await read_some() == 0) {
            if (has_expired_ && phase_ == phase::head)
                co_return co_await refuse_stream(core::errc::request_timeout);
            co_return false;
        }
        if (phase_ == phase::idle)
            begin_request();
    }
    head_size_ = extent.size;
    auto const head = buffer_.unread().substr(0, head_size_);
    if (auto problem = scan_head(head, limits.head_fields, head_))
        co_return co_await refuse_stream(std::move(*problem));
    choose_request_id();
    co_return true;
}

/// Goes back to waiting for the first byte of a request. Keeps nothing of the last one.
void session::forget_request()
{
    phase_ = phase::idle;
    head_.reset();
    head_size_ = 0;
    route_ = nullptr;
    has_body_ = false;
    release_memory();
}

void session::begin_request()
{
    phase_ = phase::head;
    started_ = steady_clock::now();
    wait_until(started_ + here_.shared.settings.limits.head_timeout);
}

void session::choose_request_id()
{
    for (auto const& one : head_.fields)
        if (core::equal_without_case(one.name, "X-Request-Id") && is_fit_request_id(one.value)) {
            id_.assign(one.value);
            return;
        }
    here_.next_request_id(id_);
}

}  // namespace service::http

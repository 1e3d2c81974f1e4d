#include "service/http/body_buffer.hpp"
#include "service/http/session.hpp"
#include "service/observe/log.hpp"

namespace service::http {

namespace {

constexpr std::size_t first_read = 4096;        // when the body has not arrived yet
constexpr std::size_t next_read = 16U * 1024U;  // once a read was filled: the sender is fast
// What every connection may keep between requests without being counted: received bytes, the last
// reply, a decoded body.
constexpr std::size_t own_memory = 2 * idle_memory_max + body_buffer::small;

}  // namespace

session::next session::begin_body()
{
    auto const& limits = here_.settings().limits;
    phase_ = phase::body;
    wait_until(started_ + limits.request_timeout);
    auto const head = buffer_.unread().substr(0, head_size_);
    if (auto problem = body_.begin(head, body_bytes_max(*admitted_.to, limits)))
        return refuse_with(std::move(*problem));
    held_.give_back();  // the head's share: now it is known whose request it is
    if (!hold(buffer_.capacity(), body_.memory()))
        return refuse_with(core::errc::overloaded);
    return feed_body();
}

/// Reads what has arrived of the body.
session::next session::feed_body()
{
    auto const arrived = buffer_.unread().substr(head_size_);
    if (!body_.is_done() && !arrived.empty()) {
        if (!hold(buffer_.capacity(), body_.memory_for(arrived.size())))
            return refuse_with(core::errc::overloaded);
        std::size_t used = 0;
        if (auto problem = body_.feed(arrived, used))
            return refuse_with(std::move(*problem));
        buffer_.erase(head_size_, used);
    }
    has_body_ = body_.is_done();
    return has_body_ ? next::serve : next::read;
}

/// Waits for the rest of a body that did not arrive with its head.
asio::awaitable<session::next> session::receive_body()
{
    if (!out_.empty(
        )) {  // earlier replies do not wait for this body, and its time begins after them
        if (!co_await write())
            co_return next::end;
        started_ = now_;
        wait_until(started_ + here_.settings().limits.request_timeout);
    }
    auto wanted = first_read;
    for (;;) {
        if (head_.expects_continue && body_.body().empty()
            && buffer_.unread().size() == head_size_) {
            out_ = "HTTP/1.1 100 Continue\r\n\r\n";
            head_.expects_continue = false;
            if (!co_await write())
                co_return next::end;
            wait_until(started_ + here_.settings().limits.request_timeout);
        }
        auto const missing =
            head_.content_length ? *head_.content_length - body_.body().size() : next_read;
        if (!make_room(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, missing))))
            co_return refuse_with(core::errc::overloaded);
        auto const space = buffer_.space_size();
        auto const count = co_await read_some();
        if (count == 0 && has_expired_)
            co_return refuse_with(core::errc::request_timeout);
        if (count == 0)
            co_return next::end;
        if (count == space)
            wanted = next_read;
        auto const what = feed_body();
        if (what != next::read)
            co_return what;
    }
}

/// Makes room for `wanted` bytes after those that have arrived, and moves the views of the head.
/// Returns  false when the budget for bodies has no room.
bool session::make_room(std::size_t wanted)
{
    if (!hold(buffer_.capacity_for(wanted), body_.memory()))
        return false;
    if (!buffer_.reserve(wanted))
        return true;
    auto const expects_continue = head_.expects_continue;
    auto const head = buffer_.unread().substr(0, head_size_);
    // The same bytes as before, whatever a reload allows from now on.
    static_cast<void>(scan_head(head, SIZE_MAX, head_));
    head_.expects_continue = expects_continue;
    return true;
}

/// Whether the request is a caller's; before its head is read, whether its peer is one. That may be
/// by another configuration: see hold.
bool session::is_callers_connection() const
{
    if (sender_)
        return sender_->is_caller();
    auto const now = here_.shared.now();
    return here_.current(now)->callers->of_peer(peer_, now).is_caller();
}

/// Counts this request's memory. Small requests use the connection's own, and are not counted.
/// Another configuration may be in force afterwards: no reference to the worker's settings remains
/// valid.
bool session::hold(std::size_t raw, std::size_t decoded)
{
    auto const all = raw + decoded;
    if (all <= own_memory && !held_)
        return true;
    if (!held_) {
        bool const is_caller = is_callers_connection();
        held_ = here_.shared.bodies.open(
            peer_.group, is_caller ? body_share::callers : body_share::strangers
        );
    }
    if (held_.resize(all - std::min(all, own_memory)))
        return true;
    if (here_.shared.bodies.begins_refusing(held_.share(), std::chrono::steady_clock::now()))
        log_warn(
            "bodies_refused",
            {{"share", to_string(held_.share())},
             {"limit", here_.shared.bodies.share_max(held_.share())}}
        );
    return false;
}

/// Call it when nobody reads the body any more; the reply may take its time.
void session::release_body()
{
    body_.release();
    has_body_ = false;
    held_.give_back();
}

}  // namespace service::http

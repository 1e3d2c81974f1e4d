#include "service/http/session.hpp"
#include "service/http/session_set.hpp"
#include "service/http/socket_memory.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace service::http {

namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t read_size = 4096;
// A client that sends a whole body before it reads can still read why that was refused.
constexpr std::size_t linger_octets_max = 2U * 1024U * 1024U;
constexpr std::chrono::milliseconds linger_time{1000};
// How often it is looked whether the peer has read the last reply: soon, then less and less often.
constexpr std::chrono::milliseconds first_look{10}, last_look{500};

}  // namespace

void session::close_when_idle(steady_time now)
{
    if (!is_waiting_for_first_octet())
        return;
    deadline_ = std::min(deadline_, served_ == 0 ? now + fresh_time : now);
    sweep(now);
}

/// What the peer has no room for goes with it. A small reply on its way still arrives.
void session::close_now()
{
    error_code ignored;
    if (unread_memory() > idle_memory_max)
        drop_unread_at_close(socket_.native_handle());
    socket_.close(ignored);
}

void session::give_way()
{
    place_.give_back();
    close_now();
}

/// Closing while bytes of the peer are unread would reset the connection and lose our last reply.
/// RFC 9112 section 9.6: "the server ... continues to read from the connection until it receives a
/// corresponding close by the client"
asio::awaitable<void> session::linger()
{
    error_code problem;
    phase_ = phase::lingering;
    secured_.reset();  // it has said that it ends: what still arrives is not read
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

/// Whether the kernel holds what the peer has not read, and may yet. After a reply that was cut it is
/// of no use, and goes.
bool session::has_reader()
{
    if (is_write_cut_)
        close_now();
    return unread_memory() != 0;
}

/// What the kernel holds because the peer has not read it.
std::size_t session::unread_memory()
{
    return memory_of_unread(socket_.native_handle(), peer_.is_unix);
}

/// Keeps the connection, and its place, until the peer has read all that it was sent, or its time is
/// over. Closed at once it would give its place to another while the kernel still holds its replies:
/// then no limit would count those.
asio::awaitable<void> session::wait_for_reader()
{
    error_code problem;
    phase_ = phase::lingering;
    secured_.reset();
    release_body();
    out_ = {};
    buffer_.consume(buffer_.unread().size());
    buffer_.shrink(0);
    socket_.shutdown(stream_socket::shutdown_send, problem);
    asio::steady_timer pause(socket_.get_executor());
    auto const end = steady_clock::now() + here_.settings().limits.request_timeout;
    for (auto until = first_look; socket_.is_open() && unread_memory() != 0;
         until = std::min(2 * until, last_look)) {
        if (among_.is_closing())  // nobody takes its place
            co_return;
        if (steady_clock::now() >= end) {
            drop_unread_at_close(socket_.native_handle());
            co_return;
        }
        pause.expires_after(until);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, problem));
    }
}

}  // namespace service::http

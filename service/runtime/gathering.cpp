#include "service/runtime/gathering.hpp"

#include "service/runtime/lateness.hpp"

#include <boost/asio/post.hpp>

#include <thread>

namespace service {
namespace {

constexpr std::chrono::milliseconds pause{1};

thread_local bool is_gathering = false;

/// Whatever can go on without a wait goes on first: a connection is accepted after the other.
void gather(boost::asio::io_context& io)
{
    is_gathering = thread_lateness().is_refused_at(std::chrono::steady_clock::now());
    if (!is_gathering)
        return;
    io.poll();
    std::this_thread::sleep_for(pause);
    boost::asio::post(io, [&io] { gather(io); });
}

}  // namespace

void let_requests_gather(boost::asio::io_context& io)
{
    if (is_gathering)
        return;
    is_gathering = true;
    boost::asio::post(io, [&io] { gather(io); });
}

}  // namespace service

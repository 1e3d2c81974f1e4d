#include "tests/service/net/scripted_origin.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>

namespace tests {

namespace asio = boost::asio;
using boost::system::error_code;

scripted_origin::scripted_origin(script what)
    : script_(std::move(what)),
      acceptor_(io_, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port())
{
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

scripted_origin::~scripted_origin()
{
    io_.stop();
    thread_.join();
}

std::vector<std::string> scripted_origin::heads() const
{
    std::lock_guard const hold(lock_);
    return heads_;
}

bool scripted_origin::wait_for_request() const
{
    std::unique_lock hold(lock_);
    return came_.wait_for(hold, std::chrono::seconds(10), [this] { return !heads_.empty(); });
}

asio::awaitable<void> scripted_origin::accept()
{
    for (;;) {
        auto client = co_await acceptor_.async_accept(asio::use_awaitable);
        asio::co_spawn(io_, serve(std::move(client)), asio::detached);
    }
}

asio::awaitable<void> scripted_origin::serve(asio::ip::tcp::socket client)
{
    error_code problem;
    std::string head;
    co_await asio::async_read_until(
        client, asio::dynamic_buffer(head), "\r\n\r\n",
        asio::redirect_error(asio::use_awaitable, problem)
    );
    if (problem)
        co_return;
    {
        std::lock_guard const hold(lock_);
        heads_.push_back(head);
    }
    came_.notify_all();
    co_await asio::async_write(
        client, asio::buffer(script_.octets), asio::redirect_error(asio::use_awaitable, problem)
    );
    if (script_.then == ending::reset)
        client.set_option(asio::socket_base::linger(true, 0), problem);
    std::array<char, 64> ignored;
    while (script_.then == ending::hold && !problem)
        co_await client.async_read_some(
            asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, problem)
        );
    client.close(problem);
}

std::string ok(std::string const& body, std::string const& more_fields)
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"
        + more_fields + "\r\n" + body;
}

}  // namespace tests

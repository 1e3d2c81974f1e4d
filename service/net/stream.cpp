#include "service/net/stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

namespace service::net {

asio::awaitable<std::size_t>
plain_stream::read_some(std::span<char> into, boost::system::error_code& problem)
{
    auto const count = co_await below_.async_read_some(
        asio::buffer(into.data(), into.size()), asio::redirect_error(asio::use_awaitable, problem)
    );
    if (problem == asio::error::eof)
        problem = {};
    co_return problem ? 0 : count;
}

asio::awaitable<void>
plain_stream::write(std::string_view octets, boost::system::error_code& problem)
{
    co_await asio::async_write(
        below_, asio::buffer(octets.data(), octets.size()),
        asio::redirect_error(asio::use_awaitable, problem)
    );
}

}  // namespace service::net

#include "service/net/stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace service::net {

template <class Socket>
asio::awaitable<std::size_t>
socket_stream<Socket>::read_some(std::span<char> into, boost::system::error_code& problem)
{
    if (allowed_ == 0) {
        problem = octets_exceeded();
        co_return 0;
    }
    auto const most = std::min(into.size(), allowed_);
    auto const count = co_await below_.async_read_some(
        asio::buffer(into.data(), most), asio::redirect_error(asio::use_awaitable, problem)
    );
    if (problem == asio::error::eof)
        problem = {};
    allowed_ -= std::min(count, allowed_);
    co_return problem ? 0 : count;
}

template <class Socket>
asio::awaitable<void>
socket_stream<Socket>::write(std::string_view octets, boost::system::error_code& problem)
{
    co_await asio::async_write(
        below_, asio::buffer(octets.data(), octets.size()),
        asio::redirect_error(asio::use_awaitable, problem)
    );
}

template class socket_stream<asio::ip::tcp::socket>;
template class socket_stream<asio::generic::stream_protocol::socket>;

}  // namespace service::net

#pragma once

#include "service/async.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace service::net {

/// What read and write say when TLS itself has failed, rather than the connection below it.
inline boost::system::error_code tls_failed()
{
    return make_error_code(boost::system::errc::protocol_error);
}

/// Octets in and out over one connection, plain or not. Every wait can be cancelled.
class stream {
public:
    stream() = default;
    stream(stream const&) = delete;
    stream& operator=(stream const&) = delete;
    virtual ~stream() = default;

    /// Returns  how many octets came, at least one; 0 when the peer ended the connection in good
    ///          order, or with `problem` set.
    virtual asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) = 0;

    /// Writes all of it, or sets `problem`. octets must outlive the call.
    virtual asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) = 0;
};

/// A TCP connection as it is.
class plain_stream final : public stream {
public:
    /// below   connected; must outlive this.
    explicit plain_stream(asio::ip::tcp::socket& below) : below_(below) {}

    asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) override;
    asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) override;

private:
    asio::ip::tcp::socket& below_;
};

}  // namespace service::net

#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace service::net {

/// The error of read and write when TLS itself has failed, not the connection below it.
inline boost::system::error_code tls_failed()
{
    return make_error_code(boost::system::errc::protocol_error);
}
/// The error of a read when the peer sends more bytes than allowed.
inline boost::system::error_code octets_exceeded()
{
    return make_error_code(boost::system::errc::message_size);
}

/// Reads and writes bytes over one connection, plain or not. Every wait can be cancelled.
class stream {
public:
    stream() = default;
    stream(stream const&) = delete;
    stream& operator=(stream const&) = delete;
    virtual ~stream() = default;

    /// Returns  how many bytes arrived, at least one; 0 when the peer closed the connection
    ///          properly, or with `problem` set.
    virtual asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) = 0;

    /// Writes all of it, or sets `problem`. `octets` must outlive the call.
    virtual asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) = 0;
};

/// A plain connection. It is the only place where a peer's bytes are counted, before any protocol
/// above it interprets them.
template <class Socket> class socket_stream final : public stream {
public:
    /// below   connected; must outlive this.
    explicit socket_stream(Socket& below) : below_(below) {}

    /// Allows this many further bytes; none are allowed before the first call. What one step of a
    /// conversation does not use is available to the next.
    void allow(std::size_t octets) noexcept { allowed_ += octets; }

    /// Sets octets_exceeded for bytes beyond the allowance.
    asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) override;
    asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) override;

private:
    Socket& below_;
    std::size_t allowed_ = 0;
};

using plain_stream = socket_stream<asio::ip::tcp::socket>;
using any_stream = socket_stream<asio::generic::stream_protocol::socket>;  ///< TCP or a Unix socket
extern template class socket_stream<asio::ip::tcp::socket>;
extern template class socket_stream<asio::generic::stream_protocol::socket>;

}  // namespace service::net

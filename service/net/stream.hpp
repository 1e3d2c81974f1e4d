#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
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
/// What a read says when the peer sends more octets than it was allowed.
inline boost::system::error_code octets_exceeded()
{
    return make_error_code(boost::system::errc::message_size);
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

/// A connection as it is, and the one place where the octets of a peer are counted: before any
/// protocol over it has a say in what they mean.
template <class Socket> class socket_stream final : public stream {
public:
    /// below   connected; must outlive this.
    explicit socket_stream(Socket& below) : below_(below) {}

    /// Lets so many more octets in; before the first call it is none. What one step of a
    /// conversation leaves of its share is the next one's.
    void allow(std::size_t octets) noexcept { allowed_ += octets; }

    /// Beyond what is allowed: octets_exceeded.
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

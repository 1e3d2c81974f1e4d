#pragma once

#include "service/net/fetch_failure.hpp"
#include "service/net/stream.hpp"
#include "service/net/tls_context.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::net {

/// Limit for what the server sends before the connection is established: certificates of about
/// 2 KiB each, a list of the authorities that it accepts clients' certificates from, and little
/// else.
inline constexpr std::size_t handshake_octets_max = 64U * 1024U;

/// TLS over a connection, as its client.
///
/// The library only transforms bytes, and this class moves them, so that each wait is one of the
/// socket's own and ends when it is cancelled. (The library's own Asio stream does not pass
/// cancellation to the socket: a silent server would hold it until the connection broke.)
class tls_stream final : public stream {
public:
    /// below    connected; must outlive this. It limits what is read: handshake_octets_max in the
    ///          handshake; afterwards tickets, key changes and empty records count like other
    ///          bytes.
    /// host     the name or IP address that the server's certificate must contain; never empty.
    tls_stream(stream& below, std::shared_ptr<tls_context const> context, std::string host);
    ~tls_stream() override;

    /// Agrees on keys and checks the server's certificate. Call it before any read or write.
    ///
    /// Returns  nullopt when it is done; tls, or too_large when `below` allows no more bytes.
    asio::awaitable<std::optional<fetch_failure>> handshake();

    /// A connection that ends without TLS's closing alert is a problem, not an end: whoever cut it
    /// might have cut the answer. Source   RFC 8446 section 6.1
    asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) override;
    asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) override;

private:
    asio::awaitable<void> flush(boost::system::error_code& problem);
    asio::awaitable<void> receive(boost::system::error_code& problem);

    struct engine;
    stream& below_;
    std::unique_ptr<engine> engine_;
};

}  // namespace service::net

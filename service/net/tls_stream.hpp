#pragma once

#include "service/net/stream.hpp"
#include "service/net/tls_context.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace service::net {

/// TLS over a TCP connection, as its client.
///
/// The library sees octets only and this class moves them, so that each wait is one of the socket's
/// own and ends when it is cancelled: the library's Asio stream hands no cancellation on to the
/// socket, and a silent server would hold it until the connection broke.
class tls_stream final : public stream {
public:
    /// below    connected; must outlive this.
    /// host     the name or IP address that the server's certificate must hold; never empty.
    tls_stream(
        asio::ip::tcp::socket& below, std::shared_ptr<tls_context const> context, std::string host
    );
    ~tls_stream() override;

    /// Agrees on keys and checks the server's certificate. Before any read or write.
    ///
    /// Returns  nullopt when it is done, else a fixed sentence that says why it is not.
    asio::awaitable<std::optional<std::string_view>> handshake();

    /// A connection that ends without TLS's own farewell is a problem, not an end: whoever cut it
    /// might have cut the answer. Source   RFC 8446 section 6.1
    asio::awaitable<std::size_t>
    read_some(std::span<char> into, boost::system::error_code& problem) override;
    asio::awaitable<void>
    write(std::string_view octets, boost::system::error_code& problem) override;

private:
    asio::awaitable<void> flush(boost::system::error_code& problem);
    asio::awaitable<void> receive(boost::system::error_code& problem);

    struct engine;
    asio::ip::tcp::socket& below_;
    std::unique_ptr<engine> engine_;
};

}  // namespace service::net

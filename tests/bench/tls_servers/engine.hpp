#pragma once

#include <memory>
#include <string>
#include <string_view>

/// The server's side of TLS by each library, as a transformer of octets without a socket.
namespace tls_servers {

class engine {
public:
    virtual ~engine() = default;
    /// Takes what the client has sent.
    virtual void receive(std::string_view octets) = 0;
    virtual bool is_ready() const = 0;
    virtual bool is_resumed() const = 0;
    /// Appends content that has arrived.
    virtual void read(std::string& into) = 0;
    virtual void write(std::string_view content) = 0;
    /// What is to be sent to the client.
    virtual std::string take() = 0;
};

/// One library with one certificate, for any number of connections.
class library {
public:
    virtual ~library() = default;
    virtual std::string_view name() const = 0;
    virtual std::unique_ptr<engine> accept() = 0;
};

/// certificate, key   PEM, of P-256.
std::unique_ptr<library> make_botan(std::string const& certificate, std::string const& key);
std::unique_ptr<library> make_openssl(std::string const& certificate, std::string const& key);

}  // namespace tls_servers

#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tests {

/// What comes after the scripted bytes.
enum class ending { close, hold, reset };

struct script {
    std::string octets;
    ending then = ending::close;
};

/// A web server on loopback that answers every request with the same bytes.
class scripted_origin {
public:
    explicit scripted_origin(script what);
    explicit scripted_origin(std::string octets) : scripted_origin(script{std::move(octets)}) {}
    ~scripted_origin();
    scripted_origin(scripted_origin const&) = delete;
    scripted_origin& operator=(scripted_origin const&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string url(std::string const& host = "127.0.0.1") const
    {
        return "http://" + host + ":" + std::to_string(port_) + "/jwks";
    }

    /// The heads of the requests so far.
    std::vector<std::string> heads() const;
    /// Waits until a request has come, ten seconds at most.
    bool wait_for_request() const;

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

    script const script_;
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    mutable std::mutex lock_;
    mutable std::condition_variable came_;
    std::vector<std::string> heads_;
    std::thread thread_;
};

/// A 200 with this body.
std::string ok(std::string const& body, std::string const& more_fields = "");

}  // namespace tests

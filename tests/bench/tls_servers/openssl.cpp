#include "service/net/tls_server.hpp"
#include "service/runtime/clock.hpp"
#include "tests/bench/tls_servers/engine.hpp"

#include <algorithm>
#include <array>

namespace tls_servers {
namespace {

using service::net::tls_server;

/// As a session uses it.
class openssl_engine final : public engine {
public:
    explicit openssl_engine(std::shared_ptr<service::net::tls_server_context const> with)
        : server_(std::move(with))
    {
    }
    void receive(std::string_view octets) override
    {
        while (!octets.empty()) {
            auto const space = server_.space();
            auto const count = std::min(space.size(), octets.size());
            std::copy_n(octets.begin(), count, space.begin());
            server_.received(count);
            octets.remove_prefix(count);
            if (!is_ready_)
                is_ready_ = server_.shake_hands() == tls_server::progress::done;
        }
    }
    bool is_ready() const override { return is_ready_; }
    bool is_resumed() const override { return server_.is_resumed(); }
    void read(std::string& into) override
    {
        std::array<char, 4096> piece{};
        while (server_.has_more()) {
            auto const count = server_.read(piece);
            if (count == 0)
                break;
            into.append(piece.data(), count);
        }
    }
    void write(std::string_view content) override
    {
        out_.assign(content);
        server_.seal(out_);
    }
    std::string take() override
    {
        auto all = server_.take_for_peer();
        all.append(out_);
        out_.clear();
        return all;
    }

private:
    tls_server server_;
    bool is_ready_ = false;
    std::string out_;
};

class openssl_library final : public library {
public:
    openssl_library(std::string const& certificate, std::string const& key)
    {
        service::net::tls_server_material from;
        from.certificates = certificate;
        from.key = core::as_bytes(key);
        context_ = service::net::tls_server_context::make(from, service::system_now()).value();
    }
    std::string_view name() const override { return "OpenSSL"; }
    std::unique_ptr<engine> accept() override { return std::make_unique<openssl_engine>(context_); }

private:
    std::shared_ptr<service::net::tls_server_context const> context_;
};

}  // namespace

std::unique_ptr<library> make_openssl(std::string const& certificate, std::string const& key)
{
    return std::make_unique<openssl_library>(certificate, key);
}

}  // namespace tls_servers

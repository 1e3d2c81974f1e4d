#pragma once

#include "service/cli/answer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace service::net {
class tls_context;
}

namespace service::cli {

/// The address of a running service.
struct service_url {
    std::string host;  ///< a name or an IP address, without brackets; empty for a Unix socket
    std::uint16_t port = 0;
    std::string unix_path;
    std::string path;  ///< after the authority, without a '/' at its end
    bool is_https = false;
};

/// "https://tokens.example.com", "http://127.0.0.1:8080", "http://[::1]:8080/prefix",
/// "unix:/run/signet/signet.sock".
/// Returns  nullopt for everything else: user names, queries.
std::optional<service_url> parse_service_url(std::string_view text);

struct call {
    std::string_view method;
    std::string_view path;    ///< after the URL's own
    std::string_view body;    ///< JSON; empty = none
    std::string_view bearer;  ///< a caller's secret or token; empty = none
    /// Whom to trust, and the client certificate; never null for https.
    std::shared_ptr<net::tls_context const> tls{};
    std::chrono::milliseconds limit{10000};  ///< for everything: resolving, connecting, the answer
};

/// Sends one request and waits for its answer: at most 2 MiB of body and its framing, and at most
/// `what.limit`, whatever the other end does.
/// Returns  the answer, or one line that says why there is none.
std::variant<answer, std::string> exchange(service_url const& to, call const& what);

}  // namespace service::cli

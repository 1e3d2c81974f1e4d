#pragma once

#include "core/base/ip_address.hpp"
#include "service/net/fetch_failure.hpp"
#include "service/net/resolver.hpp"
#include "service/net/tls_context.hpp"
#include "service/runtime/async.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace service::net {

/// Where and how to fetch: from configuration only, never from a token.
struct fetch_target {
    std::string url;  ///< absolute, http or https; core::parse_http_url reads it
    std::vector<std::pair<std::string, std::string>> headers;  ///< added to ours, e.g. an API key
    std::string proxy_url;  ///< "http://host:port"; empty = none. The environment is never read
    /// The proxy gets names instead of addresses that were resolved and guarded here. For machines
    /// that cannot resolve outside names.
    bool proxy_resolves = false;
    bool allow_http = false;             ///< plain http beyond loopback, where it is always allowed
    std::vector<core::cidr> deny_cidrs;  ///< added to the built-in blocks; beats allow_cidrs
    std::vector<core::cidr> allow_cidrs;     ///< lifts a built-in block
    std::shared_ptr<tls_context const> tls;  ///< needed for https
    /// For resolution and the TCP connection; the addresses share what is left of it.
    std::chrono::milliseconds connect_limit{1000};
    /// For everything: resolution, connection, handshake, head, body.
    std::chrono::milliseconds total_limit{3000};
    std::size_t body_bytes_max = 256U * 1024U;
    name_lookup lookup = system_lookup;  ///< names and their addresses
};

/// What the origin last said; an empty member is not sent.
struct fetch_conditions {
    std::string etag, last_modified;
};

/// What the origin said. Untrusted.
struct fetch_answer {
    unsigned status = 0;
    std::string body;  ///< only of a 200
    std::string etag, last_modified, cache_control, content_type;
    std::chrono::seconds age{0};  ///< 0 when absent or not a number
};

/// An answer of any status except redirects, or why there is none.
class [[nodiscard]] fetch_result : public boost::system::result<fetch_answer, fetch_failure> {
public:
    using boost::system::result<fetch_answer, fetch_failure>::result;
};

/// One GET over its own connection.
///
/// Never follows a redirect, never keeps more than body_bytes_max, never accepts more bytes than an
/// answer of that size needs (answer_octets_max, plus TLS), and ends at total_limit whatever the
/// origin, its network or its name server do. Each address is guarded after resolution and before
/// anyone connects to it, us or a proxy (see proxy_resolves). Cancelling the coroutine ends it at
/// once.
///
/// target      must remain valid until the end.
/// Throws      nothing except for lack of memory.
asio::awaitable<fetch_result> fetch(fetch_target const& target, fetch_conditions conditions);

}  // namespace service::net

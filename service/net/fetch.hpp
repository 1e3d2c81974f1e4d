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
    std::vector<std::pair<std::string, std::string>> headers;  ///< beside ours, e.g. an API key
    std::string proxy_url;  ///< "http://host:port"; empty = none. The environment's are never read
    /// The proxy gets names, not addresses that were resolved and guarded here. For machines that
    /// cannot resolve names of outside.
    bool proxy_resolves = false;
    bool allow_http = false;             ///< plain http beyond loopback, where it is always allowed
    std::vector<core::cidr> deny_cidrs;  ///< beside the built-in blocks; stronger than allow_cidrs
    std::vector<core::cidr> allow_cidrs;     ///< lifts a built-in block
    std::shared_ptr<tls_context const> tls;  ///< needed for https
    /// Over resolution and the TCP connection; its addresses share what is left of it.
    std::chrono::milliseconds connect_limit{1000};
    /// Over everything: resolution, connection, handshake, head, body.
    std::chrono::milliseconds total_limit{3000};
    std::size_t body_bytes_max = 256U * 1024U;
    name_lookup lookup = system_lookup;  ///< names and their addresses
};

/// As the origin last said them; an empty one is not sent.
struct fetch_conditions {
    std::string etag, last_modified;
};

/// What the origin said. Untrusted.
struct fetch_answer {
    unsigned status = 0;
    std::string body;  ///< of a 200 only: nobody needs the body of another
    std::string etag, last_modified, cache_control, content_type;
    std::chrono::seconds age{0};  ///< 0 when absent or no number
};

/// An answer of any status but a redirect, or why there is none.
class [[nodiscard]] fetch_result : public boost::system::result<fetch_answer, fetch_failure> {
public:
    using boost::system::result<fetch_answer, fetch_failure>::result;
};

/// One GET over a connection of its own.
///
/// Never follows a redirect, never keeps more than body_bytes_max, lets no more octets in than an
/// answer of that size needs (answer_octets_max, and what TLS adds), ends at total_limit whatever
/// the origin, its network or its name server do. Each address is guarded after resolution and
/// before it is connected to, by us or by a proxy (see proxy_resolves). Cancelling the coroutine
/// ends it at once.
///
/// target      must stand until the end.
/// Does not throw (but for a lack of memory).
asio::awaitable<fetch_result> fetch(fetch_target const& target, fetch_conditions conditions);

}  // namespace service::net

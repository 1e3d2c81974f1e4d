#pragma once

#include "core/base/http_url.hpp"
#include "service/net/answer_reader.hpp"
#include "service/net/fetch.hpp"
#include "service/net/stream.hpp"

#include <optional>
#include <string>

namespace service::net {

/// The GET request, ready to be written.
///
/// Returns     nullopt when a configured header has a name or value that HTTP does not know.
std::optional<std::string> render_get(
    core::http_url const& url, fetch_target const& target, fetch_conditions const& conditions
);

/// Writes the request and reads the answer: at most 16 KiB of head, at most `body_bytes_max` of
/// body, counted while it comes.
///
/// over     lets in answer_octets_max(body_bytes_max) octets, or what TLS makes of them.
asio::awaitable<fetch_result>
exchange(stream& over, std::string const& request, std::size_t body_bytes_max);

/// Asks a proxy for a tunnel. Source   RFC 9110 section 9.3.6: "Any 2xx (Successful) response
/// indicates that the sender (and all inbound proxies) will switch to tunnel mode immediately after
/// the response header section"
///
/// over        lets in proxy_octets_max octets.
/// authority   "host:port" of the other end.
/// Returns     nullopt when the stream is the tunnel; connect when the proxy refuses.
asio::awaitable<std::optional<fetch_failure>> open_tunnel(stream& over, std::string authority);

/// A proxy's answer to CONNECT is a head.
inline constexpr std::size_t proxy_octets_max = head_octets_max;

}  // namespace service::net

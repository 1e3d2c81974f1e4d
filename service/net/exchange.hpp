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
/// Returns     nullopt when HTTP does not allow the name or value of a configured header.
std::optional<std::string> render_get(
    core::http_url const& url, fetch_target const& target, fetch_conditions const& conditions
);

/// Writes the request and reads the answer: at most 16 KiB of head and at most `body_bytes_max` of
/// body, counted while it arrives.
///
/// over     allows answer_octets_max(body_bytes_max) bytes, plus the overhead of TLS.
asio::awaitable<fetch_result>
exchange(stream& over, std::string const& request, std::size_t body_bytes_max);

/// Asks a proxy for a tunnel.
///
/// over        allows proxy_octets_max bytes.
/// authority   "host:port" of the other end.
/// Source      RFC 9110 section 9.3.6: "Any 2xx (Successful) response indicates that the sender
///             (and all inbound proxies) will switch to tunnel mode immediately after the response
///             header section"
/// Returns     nullopt when the stream is the tunnel; connect when the proxy refuses.
asio::awaitable<std::optional<fetch_failure>> open_tunnel(stream& over, std::string authority);

/// A proxy's answer to CONNECT is only a head.
inline constexpr std::size_t proxy_octets_max = head_octets_max;

}  // namespace service::net

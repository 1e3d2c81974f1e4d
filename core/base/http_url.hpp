#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Longest URL that is read: longer than any issuer's. RFC 9110 asks for 8000, but of servers.
inline constexpr std::size_t url_octets_max = 2048;

/// An absolute http or https URL in its parts.
struct http_url {
    bool is_https = true;
    std::string host;  ///< a name in lower case, or an IP address as it was written, no brackets
    std::uint16_t port = 443;
    std::string target;  ///< path and query as they were written; at least "/"

    friend bool operator==(http_url const&, http_url const&) = default;
};

/// Reads "https://id.example.com:8443/keys?v=1".
///
/// text     untrusted.
/// Returns  nullopt for everything else: other schemes, user names, fragments, escapes in the
///          authority, spaces, and hosts that look like a number but are not an IP address, because
///          the system's resolver reads "0xa9fea9fe" and "127.1" as addresses.
/// Source   RFC 3986 section 3, RFC 9110 section 4.2
std::optional<http_url> parse_http_url(std::string_view text);

/// 1 to 65535 in decimal digits; nullopt for anything else.
std::optional<std::uint16_t> parse_port(std::string_view text);

/// The host as a URL writes it: an IPv6 address in brackets.
std::string bracketed_host(http_url const& url);

/// "host:port", always with the port. RFC 9110 section 9.3.6 (CONNECT)
std::string authority(http_url const& url);

/// "host", with the port when it is not the scheme's default. RFC 9110 section 7.2 (Host)
std::string host_field(http_url const& url);

/// Whether the host can only be this machine: 127.0.0.0/8, ::1, localhost and names below it.
///
/// Source   RFC 6761 section 6.3: "Name resolution APIs and libraries SHOULD recognize localhost
///          names as special and SHOULD always return the IP loopback address"
bool is_loopback_host(std::string_view host);

}  // namespace core

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// An IPv4 or IPv6 address as its octets, in network order.
struct ip_address {
    std::array<std::uint8_t, 16> octets{};  ///< the first `size` of them
    std::uint8_t size = 4;                  ///< 4 or 16

    friend bool operator==(ip_address const&, ip_address const&) = default;
};

/// Reads "192.0.2.1" or "2001:db8::1": no brackets, no zone, no octal, no short forms.
std::optional<ip_address> parse_ip_address(std::string_view text);

/// The text that parse_ip_address reads, in its shortest form. RFC 5952 section 4
std::string to_text(ip_address const& address);

/// "::ffff:192.0.2.1" as "192.0.2.1", every other address as it is. To a socket the two are one
/// address, and what leaves the machine is an IPv4 packet. RFC 4291 section 2.5.5.2
ip_address unmapped(ip_address const& address);

/// Every IPv4 address that an IPv6 address may lead to, so that rules about IPv4 apply to it. Empty
/// for an IPv4 address and for an IPv6 address that contains none.
///
/// Mapped (::ffff:192.0.2.1), compatible (::192.0.2.1), translated (::ffff:0:192.0.2.1), NAT64
/// (64:ff9b::/96; 64:ff9b:1::/48 at each place that its prefixes of 48, 56, 64 and 96 bits leave),
/// 6to4 (2002::/16), Teredo (2001::/32: the server and the client behind it) and ISATAP
/// (interface identifiers 0:5efe and 200:5efe). An operator's own NAT64 prefix is not known here.
///
/// Source   RFC 4291 section 2.5.5, RFC 2765 section 2.1, RFC 6052 section 2.2, RFC 8215,
///          RFC 3056 section 2, RFC 4380 section 4, RFC 5214 section 6.1
std::vector<ip_address> embedded_ipv4(ip_address const& address);

/// 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6.
bool is_loopback(ip_address const& address);

/// A range of addresses.
struct cidr {
    ip_address network;
    unsigned prefix_bits = 32;

    friend bool operator==(cidr const&, cidr const&) = default;
};

/// Reads "10.0.0.0/8" or "fd00::/8"; an address without a length is a range of one.
///
/// Returns  nullopt for everything else, also when bits after the prefix are set ("10.1.0.0/8"),
///          because then something else was probably meant.
std::optional<cidr> parse_cidr(std::string_view text);

/// Whether the address is in the range. An IPv4 range contains no IPv6 address, and the reverse.
bool contains(cidr const& range, ip_address const& address);

}  // namespace core

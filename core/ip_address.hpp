#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

/// An IPv4 or IPv6 address as its octets, in network order.
struct ip_address {
    std::array<std::uint8_t, 16> octets{};  ///< the first `size` of them
    std::uint8_t size = 4;                  ///< 4 or 16

    friend bool operator==(ip_address const&, ip_address const&) = default;
};

/// Reads "192.0.2.1" or "2001:db8::1": no brackets, no zone, no octal, no short forms.
std::optional<ip_address> parse_ip_address(std::string_view text);

/// The IPv4 address that an IPv6 address stands for: mapped (::ffff:192.0.2.1), compatible
/// (::192.0.2.1), NAT64 (64:ff9b::/96) and 6to4 (2002::/16). A packet to one of these may arrive
/// there, so a rule about IPv4 has to see it. nullopt for every other address.
/// Source   RFC 4291 section 2.5.5, RFC 6052 section 2.1, RFC 3056 section 2
std::optional<ip_address> embedded_ipv4(ip_address const& address);

/// 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6.
bool is_loopback(ip_address const& address);

/// A range of addresses.
struct cidr {
    ip_address network;
    unsigned prefix_bits = 32;

    friend bool operator==(cidr const&, cidr const&) = default;
};

/// Reads "10.0.0.0/8" or "fd00::/8"; an address alone is a range of one.
/// Returns  nullopt for everything else, bits set behind the prefix ("10.1.0.0/8") too: they say
///          that something else was meant.
std::optional<cidr> parse_cidr(std::string_view text);

/// Whether the address is in the range. An IPv4 range holds no IPv6 address and the reverse.
bool contains(cidr const& range, ip_address const& address);

}  // namespace core

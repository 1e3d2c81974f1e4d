#pragma once

#include <compare>
#include <cstdint>
#include <span>

namespace service {

/// What a limit per peer counts as one peer: one IPv4 address, one /64 of IPv6 (what one household
/// or machine is given), one user of a Unix socket.
struct peer_group {
    enum class kind : std::uint8_t { unknown, ipv4, ipv6_network, user };
    kind of = kind::unknown;
    std::uint64_t bits = 0;  ///< the address, the network's upper half, or the user's id

    auto operator<=>(peer_group const&) const = default;
};

/// octets   in network order.
peer_group group_of_ipv4(std::span<std::uint8_t const, 4> octets);
/// An IPv4 address that is mapped into IPv6 counts as that IPv4 address.
peer_group group_of_ipv6(std::span<std::uint8_t const, 16> octets);
peer_group group_of_user(std::uint32_t uid);

}  // namespace service

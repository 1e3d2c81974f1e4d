#include "service/callers/peer_group.hpp"

#include <algorithm>
#include <array>

namespace service {

namespace {

std::uint64_t number_of(std::span<std::uint8_t const> octets)
{
    std::uint64_t number = 0;
    for (auto const octet : octets)
        number = number << 8U | octet;
    return number;
}

}  // namespace

peer_group group_of_ipv4(std::span<std::uint8_t const, 4> octets)
{
    return {peer_group::kind::ipv4, number_of(octets)};
}

peer_group group_of_ipv6(std::span<std::uint8_t const, 16> octets)
{
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(mapped.begin(), mapped.end(), octets.begin()))
        return group_of_ipv4(octets.last<4>());
    return {peer_group::kind::ipv6_network, number_of(octets.first<8>())};
}

peer_group group_of_user(std::uint32_t uid)
{
    return {peer_group::kind::user, uid};
}

}  // namespace service

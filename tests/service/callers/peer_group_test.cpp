#include "service/callers/peer_group.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace service;

namespace {

using octets16 = std::array<std::uint8_t, 16>;

}  // namespace

TEST_SUITE("service/callers/peer_group")
{
    TEST_CASE("group_of_ipv4: every address is a group of its own")
    {
        std::array<std::uint8_t, 4> const one{10, 0, 0, 1}, other{10, 0, 0, 2};
        CHECK(group_of_ipv4(one) == group_of_ipv4(one));
        CHECK(group_of_ipv4(one) != group_of_ipv4(other));
    }

    TEST_CASE("group_of_ipv6: a /64 is one group, its neighbour is another")
    {
        octets16 const one{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9};
        octets16 const same{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 1};
        octets16 const next{0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 9, 9, 9, 9, 9, 9, 9, 9};
        CHECK(group_of_ipv6(one) == group_of_ipv6(same));
        CHECK(group_of_ipv6(one) != group_of_ipv6(next));
    }

    TEST_CASE("group_of_ipv6: an IPv4 address that is mapped is that IPv4 address")
    {
        octets16 const mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1};
        octets16 const other{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 2};
        std::array<std::uint8_t, 4> const plain{10, 0, 0, 1};
        CHECK(group_of_ipv6(mapped) == group_of_ipv4(plain));
        CHECK(group_of_ipv6(mapped) != group_of_ipv6(other));
    }

    TEST_CASE("group_of_user: a user is never an address of the same number")
    {
        std::array<std::uint8_t, 4> const address{0, 0, 0, 7};
        CHECK(group_of_user(7) != group_of_ipv4(address));
        CHECK(group_of_user(7) != group_of_user(8));
    }
}

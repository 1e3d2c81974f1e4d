#include "service/net/address_guard.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

using service::net::may_connect;

namespace {

std::vector<core::cidr> ranges(std::initializer_list<std::string_view> texts)
{
    std::vector<core::cidr> made;
    for (auto const text : texts)
        made.push_back(core::parse_cidr(text).value());
    return made;
}

bool is_open(
    std::string_view address, std::vector<core::cidr> const& deny = {},
    std::vector<core::cidr> const& allow = {}
)
{
    return may_connect(core::parse_ip_address(address).value(), deny, allow);
}

}  // namespace

TEST_SUITE("service/net/address_guard")
{
    TEST_CASE("may_connect: public, private and loopback addresses -> true")
    {
        for (auto const text :
             {"93.184.216.34", "10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.1", "::1",
              "2001:db8::1", "fd12:3456::1"})
            CHECK_MESSAGE(is_open(text), text);
    }

    TEST_CASE("may_connect: link-local, metadata, multicast, broadcast, unspecified -> false")
    {
        for (auto const text :
             {"0.0.0.0", "0.1.2.3", "169.254.0.1", "169.254.169.254", "169.254.170.2", "224.0.0.1",
              "239.255.255.255", "255.255.255.255", "100.100.100.200", "168.63.129.16",
              "192.0.0.192", "::", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254", "fd00:ec2::23",
              "fd20:ce::254", "fd00:42::42"})
            CHECK_MESSAGE(!is_open(text), text);
    }

    TEST_CASE("may_connect: an IPv6 address that stands for a blocked IPv4 one -> false")
    {
        for (auto const text :
             {"::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe",
              "2002:a9fe:a9fe::", "::ffff:0.0.0.0"})
            CHECK_MESSAGE(!is_open(text), text);
        CHECK(is_open("::ffff:127.0.0.1"));
        CHECK(is_open("64:ff9b::8.8.8.8"));
    }

    TEST_CASE("may_connect: what deny holds -> false, mapped into IPv6 too")
    {
        auto const deny = ranges({"10.0.0.0/8", "fd00::/8"});
        CHECK(!is_open("10.1.2.3", deny));
        CHECK(!is_open("::ffff:10.1.2.3", deny));
        CHECK(!is_open("fd12::1", deny));
        CHECK(is_open("11.0.0.1", deny));
    }

    TEST_CASE("may_connect: allow lifts a built-in block, and nothing else")
    {
        auto const allow = ranges({"169.254.169.254"});
        CHECK(is_open("169.254.169.254", {}, allow));
        CHECK(is_open("::ffff:169.254.169.254", {}, allow));
        CHECK(!is_open("169.254.169.253", {}, allow));
        CHECK(is_open("93.184.216.34", {}, allow));
    }

    TEST_CASE("may_connect: in both deny and allow -> false")
    {
        auto const both = ranges({"169.254.0.0/16"});
        CHECK(!is_open("169.254.169.254", both, both));
    }
}

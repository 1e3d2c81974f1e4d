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
             {"0.0.0.0",           "0.1.2.3",       "169.254.0.1",     "169.254.169.254",
              "169.254.170.2",     "224.0.0.1",     "239.255.255.255", "255.255.255.255",
              "100.100.100.200",   "168.63.129.16", "192.0.0.192",     "::",
              "fe80::1",           "febf::1",       "ff02::1",         "fd00:ec2::254",
              "fd00:ec2::23",      "fd20:ce::254",  "fd00:42::42",     "fd00:c1::a9fe:a9fe",
              "fd00:a9fe:a9fe::1", "fec0::1",       "100::1",          "100:0:0:1::1",
              "192.0.0.170"})
            CHECK_MESSAGE(!is_open(text), text);
    }

    TEST_CASE(
        "may_connect: an IPv6 address that leads to a blocked IPv4 one -> false, in every form"
    )
    {
        for (auto const text :
             {"::ffff:169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254",
              "64:ff9b::a9fe:a9fe", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:12a9:fe:a9fe::",
              "64:ff9b:1:1234:a9:fea9:fe00:0", "64:ff9b:1::a9fe:a9fe",
              "2002:a9fe:a9fe::", "2001:0:a9fe:a9fe::", "2001:0:c000:201::5601:5601",
              "2001:db8::5efe:a9fe:a9fe", "2001:db8::200:5efe:a9fe:a9fe", "::ffff:0.0.0.0"})
            CHECK_MESSAGE(!is_open(text), text);
        for (auto const text :
             {"::ffff:127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::8.8.8.8", "2002:808:808::1",
              "2001:0:808:808::f7f7:f7f7", "2001:db8::5efe:808:808"})
            CHECK_MESSAGE(is_open(text), text);
    }

    TEST_CASE("may_connect: what deny holds -> false, in any reading of the address")
    {
        auto const deny = ranges({"10.0.0.0/8", "fd00::/8"});
        for (auto const text :
             {"10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "64:ff9b::10.1.2.3", "2002:a01:203::1",
              "2001:db8::5efe:10.1.2.3", "64:ff9b:1:a01:2:300::"})
            CHECK_MESSAGE(!is_open(text, deny), text);
        CHECK(is_open("11.0.0.1", deny));
        CHECK(!is_open("64:ff9b::8.8.8.8", ranges({"64:ff9b::/96"})));
    }

    TEST_CASE(
        "may_connect: allow lifts a built-in block of the address that is used, and nothing else"
    )
    {
        auto const allow = ranges({"169.254.169.254"});
        CHECK(is_open("169.254.169.254", {}, allow));
        CHECK(is_open("::ffff:169.254.169.254", {}, allow));  // to a socket the same address
        CHECK(!is_open("169.254.169.253", {}, allow));
        CHECK(!is_open("64:ff9b::169.254.169.254", {}, allow));
        CHECK(!is_open("2002:a9fe:a9fe::", {}, allow));
        CHECK(is_open("64:ff9b::169.254.169.254", {}, ranges({"64:ff9b::/96"})));
        CHECK(is_open("93.184.216.34", {}, allow));
    }

    TEST_CASE("may_connect: in both deny and allow -> false")
    {
        auto const both = ranges({"169.254.0.0/16"});
        CHECK(!is_open("169.254.169.254", both, both));
        CHECK(!is_open("64:ff9b::169.254.169.254", both, ranges({"64:ff9b::/96"})));
    }
}

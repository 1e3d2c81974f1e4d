#include "core/ip_address.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

ip_address address(std::string_view text)
{
    auto const parsed = parse_ip_address(text);
    REQUIRE_MESSAGE(parsed.has_value(), text);
    return *parsed;
}

bool holds(std::string_view range, std::string_view text)
{
    auto const parsed = parse_cidr(range);
    REQUIRE_MESSAGE(parsed.has_value(), range);
    return contains(*parsed, address(text));
}

}  // namespace

TEST_SUITE("core/ip_address")
{
    TEST_CASE("parse_ip_address: dotted quads and colon forms -> their octets")
    {
        CHECK(address("192.0.2.1").size == 4);
        CHECK(address("192.0.2.1").octets[3] == 1);
        CHECK(address("2001:db8::1").size == 16);
        CHECK(address("::ffff:192.0.2.1").octets[12] == 192);
    }

    TEST_CASE("parse_ip_address: short, octal, hexadecimal, scoped and bracketed forms -> none")
    {
        for (auto const text :
             {"", "1", "127.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "256.0.0.1", "1.2.3.4.5",
              "[::1]", "fe80::1%eth0", "localhost", " 127.0.0.1", "127.0.0.1 ", ":::1"})
            CHECK_MESSAGE(!parse_ip_address(text), text);
        CHECK(!parse_ip_address(std::string_view("127.0.0.1\0x", 11)));
    }

    TEST_CASE("embedded_ipv4: mapped, compatible, NAT64 and 6to4 addresses -> the IPv4 address")
    {
        for (auto const text :
             {"::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::169.254.169.254",
              "2002:a9fe:a9fe::1"}) {
            auto const inner = embedded_ipv4(address(text));
            REQUIRE_MESSAGE(inner.has_value(), text);
            CHECK_MESSAGE((*inner == address("169.254.169.254")), text);
        }
    }

    TEST_CASE("embedded_ipv4: any other address -> none")
    {
        for (auto const text : {"::", "::1", "2001:db8::1", "fd00::1", "169.254.169.254"})
            CHECK_MESSAGE(!embedded_ipv4(address(text)), text);
    }

    TEST_CASE("is_loopback: 127.0.0.0/8, ::1 and the first mapped -> true, others -> false")
    {
        for (auto const text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"})
            CHECK_MESSAGE(is_loopback(address(text)), text);
        for (auto const text :
             {"126.255.255.255", "128.0.0.1", "0.0.0.0", "::", "::2", "fd00::1",
              "::ffff:128.0.0.1"})
            CHECK_MESSAGE(!is_loopback(address(text)), text);
    }

    TEST_CASE("parse_cidr: an address and a length -> a range; an address alone -> a range of one")
    {
        CHECK(parse_cidr("10.0.0.0/8")->prefix_bits == 8);
        CHECK(parse_cidr("fd00::/8")->prefix_bits == 8);
        CHECK(parse_cidr("0.0.0.0/0")->prefix_bits == 0);
        CHECK(parse_cidr("192.0.2.1")->prefix_bits == 32);
        CHECK(parse_cidr("2001:db8::1")->prefix_bits == 128);
    }

    TEST_CASE("parse_cidr: no length, one too long, or bits behind it -> none")
    {
        for (auto const text :
             {"", "10.0.0.0/", "10.0.0.0/33", "fd00::/129", "10.0.0.0/-1", "10.0.0.0/8x",
              "10.1.0.0/8", "fd00::1/64", "10.0.0.0/8/8", "x/8"})
            CHECK_MESSAGE(!parse_cidr(text), text);
    }

    TEST_CASE("contains: the first and last address of a range -> true, their neighbours -> false")
    {
        CHECK(holds("10.16.0.0/12", "10.16.0.0"));
        CHECK(holds("10.16.0.0/12", "10.31.255.255"));
        CHECK(!holds("10.16.0.0/12", "10.15.255.255"));
        CHECK(!holds("10.16.0.0/12", "10.32.0.0"));
        CHECK(holds("192.0.2.1", "192.0.2.1"));
        CHECK(!holds("192.0.2.1", "192.0.2.2"));
        CHECK(holds("fe80::/10", "febf::1"));
        CHECK(!holds("fe80::/10", "fec0::1"));
        CHECK(holds("0.0.0.0/0", "255.255.255.255"));
    }

    TEST_CASE("contains: an address of the other family -> false")
    {
        CHECK(!holds("0.0.0.0/0", "::1"));
        CHECK(!holds("::/0", "127.0.0.1"));
    }
}

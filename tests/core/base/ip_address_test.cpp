#include "core/base/ip_address.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

TEST_SUITE("core/base/ip_address")
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

    TEST_CASE("to_text: every address -> the text that parse_ip_address reads")
    {
        for (auto const text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "::1", "fe80::1:2"})
            CHECK(to_text(address(text)) == text);
        CHECK(to_text(address("2001:DB8:0:0::1")) == "2001:db8::1");
    }

    TEST_CASE("unmapped: a mapped address -> the IPv4 address; any other -> itself")
    {
        CHECK((unmapped(address("::ffff:192.0.2.1")) == address("192.0.2.1")));
        for (auto const text : {"192.0.2.1", "::192.0.2.1", "64:ff9b::192.0.2.1", "::1"})
            CHECK_MESSAGE((unmapped(address(text)) == address(text)), text);
    }

    TEST_CASE("embedded_ipv4: every form that holds an IPv4 address -> that address")
    {
        for (auto const text :
             {"::ffff:169.254.169.254",           // mapped
              "::169.254.169.254",                // compatible
              "::ffff:0:169.254.169.254",         // translated
              "64:ff9b::169.254.169.254",         // NAT64
              "64:ff9b:1:a9fe:a9:fe00::",         // RFC 6052 section 2.2, a prefix of 48 bits
              "64:ff9b:1:a9fe:a9:fe00::1234",     // and with a suffix, which translators ignore
              "64:ff9b:1:12a9:fe:a9fe::",         // of 56
              "64:ff9b:1:1234:a9:fea9:fe00:0",    // of 64
              "64:ff9b:1:1234::169.254.169.254",  // of 96
              "2002:a9fe:a9fe::1",                // 6to4
              "2001:0:a9fe:a9fe::",               // Teredo's server
              "2001:0:c000:201::5601:5601",       // and the client behind it
              "2001:db8::5efe:169.254.169.254",   // ISATAP
              "2001:db8::200:5efe:169.254.169.254", "fd00::5efe:a9fe:a9fe"}) {
            auto const inner = embedded_ipv4(address(text));
            bool const is_found =
                std::ranges::find(inner, address("169.254.169.254")) != inner.end();
            CHECK_MESSAGE(is_found, text);
        }
    }

    TEST_CASE(
        "embedded_ipv4: a Teredo address -> both of its ends, a local NAT64 one -> every reading"
    )
    {
        CHECK(
            (embedded_ipv4(address("2001:0:c000:201::5601:5601"))
             == std::vector{address("192.0.2.1"), address("169.254.169.254")})
        );
        // 48 and 56 bits give zeros, which are not an address; 64 bits would give another one
        CHECK((embedded_ipv4(address("64:ff9b:1::8.8.8.8")) == std::vector{address("8.8.8.8")}));
    }

    TEST_CASE("embedded_ipv4: any other address -> none")
    {
        for (auto const text :
             {"::", "::1", "2001:db8::1", "fd00::1", "169.254.169.254", "64:ff9c::a9fe:a9fe",
              "64:ff9b:2::a9fe:a9fe", "2001:1::a9fe:a9fe", "2003:a9fe:a9fe::1",
              "2001:db8::5eff:a9fe:a9fe", "2001:db8::400:5efe:a9fe:a9fe"})
            CHECK_MESSAGE(embedded_ipv4(address(text)).empty(), text);
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

    TEST_CASE("parse_cidr: an address and a length -> a range; only an address -> a range of one")
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

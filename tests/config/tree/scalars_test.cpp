#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <doctest/doctest.h>

using namespace config;
using namespace std::chrono_literals;

TEST_SUITE("config/tree/scalars")
{
    TEST_CASE("parse_duration: digits and one unit -> that long")
    {
        CHECK(parse_duration("250ms") == 250ms);
        CHECK(parse_duration("0s") == 0s);
        CHECK(parse_duration("30s") == 30s);
        CHECK(parse_duration("15m") == 15min);
        CHECK(parse_duration("24h") == 24h);
        CHECK(parse_duration("7d") == 168h);
        CHECK(parse_duration("3660d") == 24h * 3660);
    }

    TEST_CASE("parse_duration: no unit, no digits, a sign, a fraction or too much -> nothing")
    {
        for (std::string_view text :
             {"", "30", "s", "-1s", "+1s", "1.5s", "1h30m", "1 s", "1S", "1w", "3661d",
              "99999999999999999999s", "9223372036854775807d"}) {
            CAPTURE(text);
            CHECK(!parse_duration(text));
        }
    }

    TEST_CASE("parse_size: bytes, KiB, MiB -> bytes; anything else -> nothing")
    {
        CHECK(parse_size("0") == 0);
        CHECK(parse_size("65536") == 65536);
        CHECK(parse_size("64KiB") == 65536);
        CHECK(parse_size("1MiB") == 1048576);
        for (std::string_view text : {"", "KiB", "64KB", "64 KiB", "64k", "-1", "99999999MiB"}) {
            CAPTURE(text);
            CHECK(!parse_size(text));
        }
    }

    TEST_CASE("parse_address: what it reads, text writes")
    {
        for (std::string_view text :
             {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:8080", "[2001:db8::1]:65535",
              "unix:/run/signet.sock"}) {
            CAPTURE(text);
            auto const parsed = parse_address(text);
            REQUIRE(parsed.has_value());
            CHECK(parsed->text() == text);
        }
        CHECK(parse_address("127.0.0.2:1")->is_loopback());
        CHECK(parse_address("[::1]:1")->is_loopback());
        CHECK(parse_address("unix:/x")->is_loopback());
        CHECK(!parse_address("0.0.0.0:1")->is_loopback());
        CHECK(!parse_address("[::]:1")->is_loopback());
    }

    TEST_CASE("parse_address: names, missing ports and other shapes -> nothing")
    {
        for (std::string_view text :
             {"", "8080", ":8080", "*:8080", "localhost:8080", "127.0.0.1",
              "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.1:80", "::1:8080",
              "[127.0.0.1]:80", "[::1]", "unix:"}) {
            CAPTURE(text);
            CHECK(!parse_address(text));
        }
    }

    TEST_CASE("is_name and is_field_name: letters, digits and a few others, up to a length")
    {
        CHECK(is_name("orders_2-a"));
        CHECK(is_name(std::string(64, 'a')));
        for (auto const& text :
             {std::string(), std::string(65, 'a'), std::string("a.b"), std::string("a b"),
              std::string("\xc3\xa9")})
            CHECK(!is_name(text));
        CHECK(is_field_name("X-Auth-Subject"));
        for (std::string_view text : {"", "X Auth", "X:Auth", "X\r\nA", "X(A)"})
            CHECK(!is_field_name(text));
    }

    TEST_CASE("parse_sha256: 64 hexadecimal digits -> 32 bytes, else nothing")
    {
        CHECK(parse_sha256(std::string(64, 'a')) == std::string(32, '\xaa'));
        CHECK(!parse_sha256(std::string(63, 'a')));
        CHECK(!parse_sha256(std::string(64, 'g')));
        CHECK(!parse_sha256(std::string(62, 'a') + "-1"));
    }
}

TEST_SUITE("config/tree/suggest")
{
    TEST_CASE("nearest: at most two edits, swaps among them, and fewer than half of the text")
    {
        std::vector<std::string_view> const known{"alg", "file", "leeway", "audiences"};
        CHECK(nearest("agl", known) == "alg");
        CHECK(nearest("leway", known) == "leeway");
        CHECK(nearest("audience", known) == "audiences");
        CHECK(nearest("fiel", known) == "file");
        CHECK(nearest("xyz", known).empty());
        CHECK(nearest("", known).empty());
        CHECK(nearest(std::string(100, 'a'), known).empty());
        CHECK(did_you_mean("agl", known) == ", did you mean `alg`?");
        CHECK(did_you_mean("zzz", known).empty());
    }
}

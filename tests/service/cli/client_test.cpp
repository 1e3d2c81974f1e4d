#include "service/cli/client.hpp"

#include <doctest/doctest.h>

using namespace service::cli;

TEST_SUITE("service/cli/client")
{
    TEST_CASE("parse_service_url: host, port and path of an http URL")
    {
        auto const url = parse_service_url("http://127.0.0.1:8080");
        REQUIRE(url.has_value());
        CHECK(url->host == "127.0.0.1");
        CHECK(url->port == 8080);
        CHECK(url->path == "");

        auto const named = parse_service_url("http://tokens.example/prefix/");
        REQUIRE(named.has_value());
        CHECK(named->host == "tokens.example");
        CHECK(named->port == 80);
        CHECK(named->path == "/prefix");

        auto const six = parse_service_url("http://[::1]:9090/readyz");
        REQUIRE(six.has_value());
        CHECK(six->host == "::1");
        CHECK(six->port == 9090);
        CHECK(six->path == "/readyz");
        CHECK(parse_service_url("http://[::1]")->port == 80);
        CHECK(parse_service_url("HTTP://Tokens.Example:80")->host == "tokens.example");
    }

    TEST_CASE("parse_service_url: an https URL, by default on port 443")
    {
        auto const url = parse_service_url("https://tokens.example.com/prefix/");
        REQUIRE(url.has_value());
        CHECK(url->is_https);
        CHECK(url->host == "tokens.example.com");
        CHECK(url->port == 443);
        CHECK(url->path == "/prefix");
        CHECK(parse_service_url("https://[::1]:8443")->port == 8443);
        CHECK(!parse_service_url("http://[::1]:8443")->is_https);
        CHECK(!parse_service_url("https://u@a"));
    }

    TEST_CASE("parse_service_url: a Unix socket by its absolute path")
    {
        auto const url = parse_service_url("unix:/run/signet/signet.sock");
        REQUIRE(url.has_value());
        CHECK(url->unix_path == "/run/signet/signet.sock");
        CHECK(url->host == "");
    }

    TEST_CASE("parse_service_url: anything else -> nothing")
    {
        for (std::string_view text :
             {"",
              "http://",
              "http://:80",
              "ftp://a",
              "127.0.0.1:8080",
              "unix:a.sock",
              "unix:",
              "http://a:",
              "http://a:0",
              "http://a:65536",
              "http://a:8x",
              "http://u@a",
              "http://a/?q",
              "http://a/#f",
              "http://a b",
              "http://a\r\nX: y",
              "http://[::1",
              "http://[",
              "http://[]:80",
              "http://[::1]8080",
              "http://[a]:80",
              "http://127.1",
              "http://0x7f000001",
              "http://a%2e",
              "http://a/u@b",
              "http://\xc3\xa9"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_service_url(text).has_value());
        }
        auto const long_path = "unix:/" + std::string(107, 'a');
        CHECK_FALSE(parse_service_url(long_path).has_value());
        CHECK(parse_service_url(long_path.substr(0, long_path.size() - 1)).has_value());
    }
}

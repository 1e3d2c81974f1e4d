#include "service/http/origin.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace service::http;

namespace {

/// Whether a loopback listener takes a request with this Host for a foreign one.
bool is_foreign_host(std::string_view host, std::string const& listens_on = "127.0.0.1")
{
    raw_head head;
    std::string const text = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
    REQUIRE(!scan_head(text, 64, head));
    config::address at;
    at.host = listens_on;
    return is_foreign(head, at, {"signet.internal", "other.internal:8080", "[fd00::1]"});
}

}  // namespace

TEST_SUITE("service/http/origin")
{
    TEST_CASE("is_foreign: loopback names and literals are ours, with any port that is a number")
    {
        for (std::string_view host :
             {"localhost", "LocalHost", "localhost.", "localhost:8080", "localhost.:8080",
              "a.localhost", "a.b.localhost:1", "127.0.0.1", "127.0.0.1:65535", "127.8.9.1",
              "[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]:80"}) {
            CAPTURE(host);
            CHECK(!is_foreign_host(host));
        }
    }

    TEST_CASE("is_foreign: what only begins or ends like one of them is foreign")
    {
        for (std::string_view host :
             {"[::1].evil.example",
              "[::1]evil.example",
              "[::1]:80:80",
              "[::1]:",
              "[::1]:x",
              "[::1",
              "::1",
              "[::1]]",
              "[[::1]]",
              "[]",
              "[]:80",
              "[::2]",
              "[::ffff:127.0.0.1]",
              "[::127.0.0.1]",
              "[127.0.0.1]",
              "[localhost]",
              "[::1]:123456",
              "127.0.0.1.evil",
              "127.0.0.1.evil.example:80",
              "127.0.0.1.",
              "127.0.0.1:",
              "127.0.0.1:80:80",
              "127.0.0.1:80.evil",
              "127.1",
              "127.0.0",
              "127.0.0.0.1",
              "127.0.0.256",
              "127.000.0.1",
              "127.",
              "0x7f.0.0.1",
              "2130706433",
              "10.0.0.1",
              "localhost.evil",
              "localhost.evil.example",
              "localhost:evil",
              "localhost:",
              "localhost..",
              "xlocalhost",
              ".localhost",
              "a..localhost",
              "localhost]",
              "[localhost",
              ":80",
              "."}) {
            CAPTURE(host);
            CHECK(is_foreign_host(host));
        }
    }

    TEST_CASE("is_foreign: names of the configuration, in any case, with the port that they have")
    {
        for (std::string_view host :
             {"signet.internal", "SIGNET.internal:99", "signet.internal.", "other.internal:8080",
              "[fd00::1]"}) {
            CAPTURE(host);
            CHECK(!is_foreign_host(host));
        }
        for (std::string_view host :
             {"signet.internal.evil", "x.signet.internal", "signet.internal:", "signet.internal:x",
              "[signet.internal]", "other.internal", "other.internal:80",
              "other.internal:8080:1"}) {
            CAPTURE(host);
            CHECK(is_foreign_host(host));
        }
    }

    TEST_CASE("is_foreign: the listener's own address is ours")
    {
        CHECK(!is_foreign_host("[::1]:80", "::1"));
        CHECK(is_foreign_host("::1", "::1"));
    }

    TEST_CASE(
        "is_foreign: on every address, a name that is not ours is foreign where all are guarded"
    )
    {
        auto const guards = [](std::string_view host, guarded_listeners guarded) {
            raw_head head;
            std::string const text = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
            REQUIRE(!scan_head(text, 64, head));
            config::address at;
            at.host = "0.0.0.0";
            return is_foreign(head, at, {"signet"}, guarded);
        };
        CHECK(guards("evil.example", guarded_listeners::all));
        CHECK(guards("192.0.2.1:8080", guarded_listeners::all));
        CHECK(!guards("localhost:8080", guarded_listeners::all));
        CHECK(!guards("signet:8080", guarded_listeners::all));
        CHECK(!guards("evil.example", guarded_listeners::loopback));
    }

    TEST_CASE("refusal_of_foreign: says which field is foreign, and how a Host becomes ours")
    {
        auto const says = [](std::string_view host, bool is_dev) {
            return refusal_of_foreign(foreign_sign::host, host, is_dev).detail;
        };
        CHECK(
            says("signet:8080", true)
            == "The Host signet:8080 is not a known name of this service: add --host signet."
        );
        CHECK(
            says("signet:8080", false)
            == "The Host signet:8080 is not a known name of this service: add signet to "
               "server.hosts."
        );
        CHECK(says("[fd00::1]:80", true).ends_with("add --host [fd00::1]."));
        auto const of = [](foreign_sign which) {
            return refusal_of_foreign(which, "signet", false).detail;
        };
        CHECK(of(foreign_sign::origin) == "The Origin is that of another site.");
        CHECK(of(foreign_sign::fetch_site).starts_with("Sec-Fetch-Site says"));
    }

    TEST_CASE("refusal_of_foreign: a Host that is long or no name is not shown")
    {
        for (auto const& host :
             {std::string(101, 'a'), std::string("a b"), std::string("a\x1b[2J"),
              std::string("\xc3\xa9"), std::string("<b>"), std::string("a:b"),
              std::string("[a]")}) {
            CAPTURE(host);
            CHECK(
                refusal_of_foreign(foreign_sign::host, host, true).detail
                == "The Host is not a known name of this service: add --host NAME."
            );
        }
        CHECK(
            refusal_of_foreign(foreign_sign::host, std::string(100, 'a'), true).detail.size() < 300
        );
    }

    TEST_CASE("is_foreign: an Origin that is the Host is our own page, any other is foreign")
    {
        auto const with = [](std::string_view fields) {
            raw_head head;
            std::string const text =
                "GET / HTTP/1.1\r\nHost: localhost:80\r\n" + std::string(fields) + "\r\n";
            REQUIRE(!scan_head(text, 64, head));
            config::address at;
            at.host = "127.0.0.1";
            return is_foreign(head, at, {});
        };
        CHECK(!with("Origin: http://localhost:80\r\n"));
        CHECK(with("Origin: http://localhost\r\n"));
        CHECK(with("Origin: http://localhost:80.evil\r\n"));
        CHECK(with("Origin: http://localhost:80/\r\n"));
        CHECK(with("Origin: localhost:80\r\n"));
        CHECK(with("Origin: null\r\n"));
        CHECK(with("Origin: http://localhost:80\r\nOrigin: http://evil.example\r\n"));
        CHECK(with("Sec-Fetch-Site: cross-site\r\n"));
    }
}

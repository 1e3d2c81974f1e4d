#include "service/endpoints/gateways/metadata.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace service;
using core::errc;

namespace {

core::result<std::string_view> uri_of(callout const& call)
{
    return only_field(call.request(), "X-Forwarded-Uri");
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/metadata")
{
    TEST_CASE("only_field: the value of the only field of that name, in any case")
    {
        callout const call(callout::fields{{"x-forwarded-uri", "/a"}, {"X-Forwarded-Uri-2", "/b"}});
        CHECK(uri_of(call).value() == "/a");
    }

    TEST_CASE("only_field: missing, empty or repeated -> request_invalid that names it")
    {
        for (auto const& fields :
             {callout::fields{}, callout::fields{{"X-Forwarded-Uri", ""}},
              callout::fields{{"X-Forwarded-Uri", "/a"}, {"x-forwarded-uri", "/a"}}}) {
            auto const got = uri_of(callout(fields));
            REQUIRE_FALSE(got.has_value());
            CHECK(got.error() == errc::request_invalid);
            CHECK(got.error().member == "X-Forwarded-Uri");
        }
    }

    TEST_CASE("only_field: a name with '_' for '-', which a CGI program cannot tell apart -> "
              "request_invalid")
    {
        for (auto const* name : {"X_Forwarded_Uri", "X-Forwarded_Uri", "x_forwarded-uri"}) {
            CHECK(uri_of(callout(callout::fields{{name, "/a"}})).error() == errc::request_invalid);
            CHECK(
                uri_of(callout(callout::fields{{"X-Forwarded-Uri", "/a"}, {name, "/b"}})).error()
                == errc::request_invalid
            );
        }
    }

    TEST_CASE("read_method: a token without small letters, as it was sent")
    {
        core::original_request into;
        for (auto const* good : {"GET", "BREW", "M-SEARCH"}) {
            CHECK(read_method(good, "method", into).has_value());
            CHECK(into.method == good);
        }
        for (auto const* bad : {"", "GET, POST", "GET ", "G\xc3\x89T"})
            CHECK(read_method(bad, "method", into).error() == errc::request_invalid);
        into.method = {};
        for (auto const* small : {"get", "Post", "POSt", "m-search"}) {
            CAPTURE(small);
            CHECK(read_method(small, "method", into).error() == errc::access_denied);
            CHECK(into.method.empty());
        }
    }

    TEST_CASE("read_scheme: http and https, also of a WebSocket, and nothing else")
    {
        core::original_request into;
        for (auto const* good : {"https", "HTTPS", "wss"}) {
            CHECK(read_scheme(good, "scheme", into).has_value());
            CHECK(into.scheme == "https");
        }
        for (auto const* good : {"http", "ws"}) {
            CHECK(read_scheme(good, "scheme", into).has_value());
            CHECK(into.scheme == "http");
        }
        for (auto const* bad : {"", "https, http", "ftp", "https://"})
            CHECK(read_scheme(bad, "scheme", into).error() == errc::request_invalid);
    }

    TEST_CASE("read_host: a name or an address with a port, and only one")
    {
        core::original_request into;
        for (auto const* good :
             {"app.example.com", "app_1:8443", "[2001:db8::1]:443", "10.0.0.1"}) {
            CHECK(read_host(good, "host", into).has_value());
            CHECK(into.host == good);
        }
        for (auto const* bad :
             {"", "a.example, b.example", "a b", "user@host", "a/b", "a\\b", "a?b", "a#b",
              "\xc3\xa9"})
            CHECK(read_host(bad, "host", into).error() == errc::request_invalid);
    }
}

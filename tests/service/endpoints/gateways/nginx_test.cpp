#include "service/endpoints/gateways/dialect.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace service;
using core::errc;

namespace {

core::result<core::original_request>
read(std::string_view url, callout::fields more = {{"X-Original-Method", "PUT"}})
{
    more.push_back({"X-Original-URL", url});
    return nginx_dialect.read(callout(more, "/auth/nginx").request());
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/nginx")
{
    TEST_CASE("read: the URL is scheme, host, path and query")
    {
        auto const got = read("https://app.example.com:8443/orders/1?x=/admin");
        REQUIRE(got.has_value());
        CHECK(got->method == "PUT");
        CHECK(got->scheme == "https");
        CHECK(got->host == "app.example.com:8443");
        CHECK(got->path == "/orders/1");
        CHECK(got->query == "x=/admin");
    }

    TEST_CASE("read: what is not an http URL with a host -> request_invalid")
    {
        for (auto const* url :
             {"/orders", "ftp://a/b", "://a/b", "https:///b", "https://a@b/c", "https://a?b/c",
              "app.example.com/orders"}) {
            CAPTURE(url);
            CHECK(read(url).error() == errc::request_invalid);
        }
    }

    TEST_CASE("read: no path, or one that could be read in two ways -> path_forbidden")
    {
        for (auto const* url :
             {"https://a", "https://a//b", "https://a/%2e%2e/b", "https://a/b;c", "https://a/b%2Fc",
              "https://a/b#c"}) {
            CAPTURE(url);
            CHECK(read(url).error() == errc::path_forbidden);
        }
    }

    TEST_CASE("read: each header is needed, once")
    {
        CHECK(read("https://a/b", {}).error() == errc::request_invalid);
        CHECK(
            read(
                "https://a/b", {{"X-Original-Method", "GET"}, {"X-Original-Method", "GET"}}
            ).error()
            == errc::request_invalid
        );
        CHECK(
            read(
                "https://a/b", {{"X-Original-Method", "GET"}, {"X-Original_URL", "https://a/c"}}
            ).error()
            == errc::request_invalid
        );
    }

    TEST_CASE("answer: only 200, 401 and 403, with the reason of a refusal in X-Auth-Error")
    {
        for (std::size_t i = 0; i < core::errc_count; ++i) {
            auto const code = static_cast<errc>(i);
            CAPTURE(core::to_string(code));
            for (auto const& how : {refuse_token(code, nullptr), refuse_request(code, nullptr)}) {
                auto const reply = nginx_dialect.answer(how);
                CHECK((reply.status == 401 || reply.status == 403));
                CHECK(reply.headers.find("X-Auth-Error") == core::to_string(code));
            }
        }
        auto const good = nginx_dialect.answer({.how = decided::allowed});
        CHECK(good.status == 200);
        CHECK(good.headers.empty());
    }

    TEST_CASE("answer: cannot decide is 401, and says so")
    {
        auto const reply = nginx_dialect.answer(refuse_token(errc::keys_unavailable, nullptr));
        CHECK(reply.status == 401);
        CHECK(reply.headers.find("X-Auth-Error") == "keys_unavailable");
        CHECK(reply.headers.find("WWW-Authenticate") == R"(Bearer realm="signet")");
    }
}

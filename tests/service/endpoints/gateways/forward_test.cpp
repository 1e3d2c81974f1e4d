#include "service/endpoints/gateways/dialect.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace service;
using core::errc;

namespace {

callout::fields const good{
    {"X-Forwarded-Method", "POST"},
    {"X-Forwarded-Proto", "https"},
    {"X-Forwarded-Host", "app.example.com"},
    {"X-Forwarded-Uri", "/orders/1?x=2"}};

callout::fields with(callout::fields fields, service::http::field one)
{
    fields.push_back(one);
    return fields;
}

core::result<core::original_request> read(callout const& call)
{
    return forward_dialect.read(call.request());
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/forward")
{
    TEST_CASE("read: method, scheme, host, path and query are the headers', not the call's")
    {
        auto const got = read(callout(good, "/auth/forward/api?path=/admin", "GET"));
        REQUIRE(got.has_value());
        CHECK(got->method == "POST");
        CHECK(got->scheme == "https");
        CHECK(got->host == "app.example.com");
        CHECK(got->path == "/orders/1");
        CHECK(got->query == "x=2");
    }

    TEST_CASE("read: each header is needed, once")
    {
        for (std::size_t i = 0; i < good.size(); ++i) {
            auto fewer = good;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            CHECK(read(callout(fewer)).error() == errc::request_invalid);
            CHECK(read(callout(with(good, good[i]))).error() == errc::request_invalid);
        }
        CHECK(
            read(callout(with(good, {"X_Forwarded_Uri", "/public"}))).error()
            == errc::request_invalid
        );
    }

    TEST_CASE("read: another dialect's headers are not looked at")
    {
        auto const got = read(callout(with(
            with(good, {"X-Original-URL", "https://app.example.com/public"}),
            {"X-Original-Method", "GET"}
        )));
        REQUIRE(got.has_value());
        CHECK(got->path == "/orders/1");
    }

    TEST_CASE("read: a path that could be read in two ways -> path_forbidden")
    {
        for (auto const* path :
             {"//orders", "/a/../b", "/a/%2e%2E/b", "/a%2fb", "/a%5cb", "/a\\b", "/a;b", "/%25",
              "/%", "/%zz", "orders", "https://app.example.com/orders", "/a#b"}) {
            CAPTURE(path);
            auto fields = good;
            fields.back().value = path;
            CHECK(read(callout(fields)).error() == errc::path_forbidden);
        }
    }

    TEST_CASE("answer: any status, as the client is to get it")
    {
        CHECK(forward_dialect.answer(refuse_request(errc::request_invalid, nullptr)).status == 400);
        CHECK(forward_dialect.answer(refuse_token(errc::token_expired, nullptr)).status == 401);
        CHECK(forward_dialect.answer(refuse_token(errc::access_denied, nullptr)).status == 403);
        CHECK(forward_dialect.answer(refuse_token(errc::keys_unavailable, nullptr)).status == 503);
        CHECK(forward_dialect.answer({.how = decided::allowed}).status == 200);
    }
}

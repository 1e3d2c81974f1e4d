#include "service/endpoints/gateways/dialect.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace service;

TEST_SUITE("service/endpoints/gateways/plain")
{
    TEST_CASE("read: a plain call tells nothing about the request, whatever it has")
    {
        callout const call(
            {{"X-Forwarded-Uri", "/admin"}, {"X-Original-URL", "https://a/admin"}},
            "/auth?profile=open", "DELETE"
        );
        auto const read = plain_dialect.read(call.request());
        REQUIRE(read.has_value());
        CHECK(read->method.empty());
        CHECK(read->path.empty());
        CHECK(read->query.empty());
        CHECK_FALSE(plain_dialect.tells_request);
    }
}

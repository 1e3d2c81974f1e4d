#include "service/endpoints/gateways/bearer.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

using namespace tests;
using core::errc;

TEST_SUITE("service/endpoints/gateways/bearer")
{
    TEST_CASE("bearer_token: the text after the scheme, whose case does not matter")
    {
        for (auto const* value : {"Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"}) {
            callout const call(callout::fields{{"authorization", value}});
            auto const token = service::bearer_token(call.request());
            REQUIRE(token.has_value());
            CHECK(*token == "a.b.c");
        }
    }

    TEST_CASE("bearer_token: no field or another scheme -> caller_unauthenticated")
    {
        for (auto const* value : {"Basic YTpi", "Bearer", "DPoP a.b.c", ""})
            CHECK(
                service::bearer_token(callout(callout::fields{{"Authorization", value}}).request())
                    .error()
                == errc::caller_unauthenticated
            );
        CHECK(
            service::bearer_token(callout(callout::fields{}).request()).error()
            == errc::caller_unauthenticated
        );
    }

    TEST_CASE("has_unread_credential: Bearer or DPoP in any case, and any white space")
    {
        auto const has = [](std::string_view value) {
            return service::has_unread_credential(callout(callout::fields{{"authorization", value}}
            ).request());
        };
        for (auto const* value :
             {"Bearer a", "bearer\ta", "BEARER\va", "Bearer\xa0x", "DPoP a.b.c", "dpop\ta"})
            CHECK(has(value));
        for (auto const* value : {"", "Bearer", "DPoP", "Basic YTpi", "Bearers a", "DPoP2 a"})
            CHECK(!has(value));
        CHECK(!service::has_unread_credential(callout(callout::fields{}).request()));
    }

    TEST_CASE(
        "bearer_token: several fields, several tokens or none after the scheme -> request_invalid"
    )
    {
        CHECK(
            service::bearer_token(
                callout(callout::fields{{"Authorization", "Bearer a"}, {"Authorization", "Basic b"}}
                ).request()
            )
                .error()
            == errc::request_invalid
        );
        for (auto const* value : {"Bearer ", "Bearer a b", "Bearer a,b", "Bearer a, Bearer b"})
            CHECK(
                service::bearer_token(callout(callout::fields{{"Authorization", value}}).request())
                    .error()
                == errc::request_invalid
            );
    }
}

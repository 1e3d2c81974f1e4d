#include "service/endpoints/gateways/bearer.hpp"

#include <doctest/doctest.h>

using namespace service;
using core::errc;

TEST_SUITE("service/endpoints/gateways/bearer")
{
    TEST_CASE("bearer_challenge: 503 without a challenge where nothing could be decided, else 401")
    {
        for (std::size_t i = 0; i < core::errc_count; ++i) {
            auto const code = static_cast<errc>(i);
            CAPTURE(core::to_string(code));
            auto const reply = bearer_challenge(code);
            CHECK(reply.code == core::to_string(code));
            CHECK(reply.body.empty());
            if (code != errc::scope_insufficient)
                CHECK(reply.status == (core::cannot_decide(code) ? 503 : 401));
            bool const is_challenge = reply.headers.find("WWW-Authenticate").has_value();
            CHECK(is_challenge == !core::cannot_decide(code));
        }
    }

    TEST_CASE("bearer_challenge: overloaded says when to come back")
    {
        auto const reply = bearer_challenge(errc::overloaded);
        CHECK(reply.headers.text() == "Retry-After: 1\r\n");
        CHECK(bearer_challenge(errc::keys_unavailable).headers.empty());
    }

    TEST_CASE("bearer_challenge: a scope that is missing is 403, whether none or too few")
    {
        for (auto const& why :
             {core::failure(errc::scope_insufficient),
              core::failure::of_claim(errc::claim_missing, "scope", core::fault::missing)}) {
            auto const reply = bearer_challenge(why);
            CHECK(reply.status == 403);
            CHECK(
                reply.headers.find("WWW-Authenticate")
                == R"(Bearer realm="signet", error="insufficient_scope")"
            );
        }
        CHECK(
            bearer_challenge(
                core::failure::of_claim(errc::claim_missing, "sub", core::fault::missing)
            )
                .status
            == 401
        );
    }
}

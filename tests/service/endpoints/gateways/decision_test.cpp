#include "service/endpoints/gateways/decision.hpp"

#include <doctest/doctest.h>

using namespace service;
using core::errc;

namespace {

core::failure missing(std::string_view claim)
{
    return core::failure::of_claim(errc::claim_missing, claim, core::fault::missing);
}

config::verify_profile with_realm(std::string realm)
{
    config::verify_profile profile;
    profile.realm = std::move(realm);
    return profile;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/decision")
{
    TEST_CASE("reply_of: a token refused by any code is 401 or 403, and 503 where nothing could be "
              "decided")
    {
        for (std::size_t i = 0; i < core::errc_count; ++i) {
            auto const code = static_cast<errc>(i);
            CAPTURE(core::to_string(code));
            auto const reply = reply_of(refuse_token(code, nullptr));
            CHECK(reply.code == core::to_string(code));
            CHECK(reply.body.empty());
            CHECK(reply.content_type.empty());
            CHECK(reply.status == http::status_of(code, context::auth));
            bool const has_challenge = reply.headers.find("WWW-Authenticate").has_value();
            CHECK(has_challenge == (reply.status == 401 || code == errc::scope_insufficient));
        }
    }

    TEST_CASE("reply_of: the challenge says why, but nothing where there was no token")
    {
        auto const challenge = [](core::failure why) {
            auto const reply = reply_of(refuse_token(std::move(why), nullptr));
            return std::string(reply.headers.find("WWW-Authenticate").value_or("(none)"));
        };
        CHECK(challenge(errc::caller_unauthenticated) == R"(Bearer realm="signet")");
        CHECK(
            challenge(errc::request_invalid) == R"(Bearer realm="signet", error="invalid_request")"
        );
        CHECK(
            challenge(errc::token_expired)
            == R"(Bearer realm="signet", error="invalid_token", error_description="token_expired")"
        );
        CHECK(challenge(errc::path_forbidden) == "(none)");
        CHECK(challenge(errc::keys_unavailable) == "(none)");
    }

    TEST_CASE("reply_of: a scope that is missing is 403, whether none or too few")
    {
        for (auto const& why : {core::failure(errc::scope_insufficient), missing("scope")}) {
            auto const reply = reply_of(refuse_token(why, nullptr));
            CHECK(reply.status == 403);
            CHECK(
                reply.headers.find("WWW-Authenticate")
                == R"(Bearer realm="signet", error="insufficient_scope")"
            );
        }
        CHECK(reply_of(refuse_token(missing("sub"), nullptr)).status == 401);
    }

    TEST_CASE("reply_of: the realm is the profile's")
    {
        auto const profile = with_realm("orders of example.com");
        auto const reply = reply_of(refuse_token(errc::caller_unauthenticated, &profile));
        CHECK(reply.headers.find("WWW-Authenticate") == R"(Bearer realm="orders of example.com")");
    }

    TEST_CASE("reply_of: overloaded says when to come back")
    {
        CHECK(
            reply_of(refuse_token(errc::overloaded, nullptr)).headers.text() == "Retry-After: 1\r\n"
        );
        CHECK(reply_of(refuse_token(errc::keys_unavailable, nullptr)).headers.empty());
    }

    TEST_CASE("refuse_request: what a call does not say is 400, what it must not ask 403")
    {
        CHECK(reply_of(refuse_request(errc::request_invalid, nullptr)).status == 400);
        for (auto const code :
             {errc::caller_forbidden, errc::path_forbidden, errc::origin_forbidden}) {
            auto const reply = reply_of(refuse_request(code, nullptr));
            CHECK(reply.status == 403);
            CHECK(reply.headers.empty());
        }
    }

    TEST_CASE(
        "reply_of: allowed is 200 with the mapped headers, and may be kept only when it says so"
    )
    {
        decision made{.how = decided::allowed};
        made.mapped.add("X-Auth-Subject", "alice");
        auto const once = reply_of(made);
        CHECK(once.status == 200);
        CHECK(once.code == "ok");
        CHECK_FALSE(once.cacheable);
        CHECK(once.headers.text() == "X-Auth-Subject: alice\r\n");

        made.max_age = std::chrono::seconds(30);
        auto const kept = reply_of(made);
        CHECK(kept.cacheable);
        CHECK(kept.headers.find("Cache-Control") == "private, max-age=30");
        CHECK(kept.headers.find("Vary") == "Authorization");
    }

    TEST_CASE("reply_of: the statuses are the dialect's, and 401 always has a challenge")
    {
        decision_statuses const few{.ill_formed = 403, .undecided = 401};
        CHECK(reply_of(refuse_request(errc::request_invalid, nullptr), few).status == 403);
        auto const open = reply_of(refuse_token(errc::keys_unavailable, nullptr), few);
        CHECK(open.status == 401);
        CHECK(open.headers.find("WWW-Authenticate") == R"(Bearer realm="signet")");
    }
}

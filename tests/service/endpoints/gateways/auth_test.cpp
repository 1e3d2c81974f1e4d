#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

answer auth(live_service& at, std::string_view fields, std::string_view method = "GET")
{
    return ask(
        at.port(),
        std::string(method) + " /auth HTTP/1.1\r\nHost: gateway.example\r\n" + std::string(fields)
            + "\r\n"
    );
}

std::string bearer(std::string_view token)
{
    return "Authorization: Bearer " + std::string(token) + "\r\n";
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/auth")
{
    TEST_CASE("auth: a good token is 200 with every mapped header, absent claims as empty values")
    {
        live_service running(token_settings());
        for (auto const* method : {"GET", "POST", "DELETE", "BREW"}) {
            auto const got = auth(running, bearer(signed_token(running)), method);
            CHECK(got.status == 200);
            CHECK(got.body.empty());
            CHECK(got.header("X-Auth-Subject") == "alice");
            CHECK(got.head.find("X-Auth-Scopes:") != std::string::npos);
            CHECK(got.header("X-Auth-Scopes").empty());
        }
    }

    TEST_CASE("auth: no token is 401 without an error code, a bad one says invalid_token")
    {
        live_service running(token_settings());
        auto const none = auth(running, "");
        CHECK(none.status == 401);
        CHECK(none.header("WWW-Authenticate") == "Bearer realm=\"signet\"");
        CHECK(auth(running, "Authorization: Basic YTpi\r\n").status == 401);
        auto const bad = auth(running, bearer("x.y.z"));
        CHECK(bad.status == 401);
        CHECK(bad.header("WWW-Authenticate").find("error=\"invalid_token\"") != std::string::npos);
        CHECK(bad.body.empty());
    }

    TEST_CASE("auth: two tokens or none after the scheme are 401 invalid_request")
    {
        live_service running(token_settings());
        auto const token = signed_token(running);
        for (auto const& fields :
             {bearer(token) + bearer(token), std::string("Authorization: Bearer a b\r\n"),
              bearer(token + ",x")}) {
            auto const got = auth(running, fields);
            CHECK(got.status == 401);
            CHECK(
                got.header("WWW-Authenticate").find("error=\"invalid_request\"")
                != std::string::npos
            );
        }
    }

    TEST_CASE("auth: a token that lacks a required scope is 403 insufficient_scope")
    {
        auto settings = token_settings();
        settings.server.default_auth_profile = "scoped";
        live_service running(std::move(settings));
        for (auto const* claims : {R"({"sub":"a"})", R"({"sub":"a","scope":"read"})"}) {
            auto const got = auth(running, bearer(signed_token(running, claims)));
            CHECK(got.status == 403);
            CHECK(
                got.header("WWW-Authenticate").find("error=\"insufficient_scope\"")
                != std::string::npos
            );
        }
        CHECK(
            auth(running, bearer(signed_token(running, R"({"sub":"a","scope":"x admin"})"))).status
            == 200
        );
    }

    TEST_CASE("auth: a claim that no header can carry refuses with 403, a key-bound token with 401")
    {
        live_service running(token_settings());
        CHECK(
            auth(running, bearer(signed_token(running, R"({"sub":"a\r\nX-Auth-Scopes: admin"})")))
                .status
            == 403
        );
        CHECK(
            auth(running, bearer(signed_token(running, R"({"sub":"a","cnf":{"jkt":"x"}})"))).status
            == 401
        );
    }

    TEST_CASE("auth: the head bounds the token, not limits.token_bytes")
    {
        auto settings = token_settings();
        auto const token = [&settings] {
            live_service signing(settings);
            return signed_token(signing, R"({"sub":")" + std::string(2000, 'a') + "\"}");
        }();
        settings.limits.token_bytes = 1024;
        live_service running(std::move(settings));
        CHECK(auth(running, bearer(token)).status == 200);
        CHECK(member(verified(running, token), "code") == "token_too_large");
    }

    TEST_CASE("auth: what the gateway is told is counted, not the result of the signature check")
    {
        live_service running(token_settings());
        auth(running, bearer(signed_token(running, R"({"sub":"a\r\nb"})")));
        auth(running, bearer(signed_token(running, R"({"sub":"a","cnf":{"jkt":"x"}})")));
        auth(running, bearer(signed_token(running)));
        auto const text = get(running.admin_port(), "/metrics").body;
        std::string const of = R"(signet_verify_total{profile="default",issuer="self",result=)";
        CHECK(text.find(of + R"("ok",code="ok"} 1)") != std::string::npos);
        CHECK(text.find(of + R"("refused",code="claim_invalid"} 2)") != std::string::npos);
    }

    TEST_CASE("auth: cannot decide is 503, neither accepted nor refused")
    {
        auto settings = token_settings();
        settings.server.default_auth_profile = "nobody";
        live_service running(std::move(settings));
        CHECK(auth(running, bearer("a.b.c")).status == 503);
    }

    TEST_CASE("auth: a body is never read, and one that was announced ends the connection")
    {
        live_service running(token_settings());
        auto const got =
            auth(running, bearer(signed_token(running)) + "Content-Length: 1000000\r\n", "POST");
        CHECK(got.status == 200);
        CHECK(got.says_close());
    }
}

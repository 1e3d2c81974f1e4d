#include "tests/service/endpoints/gateways/gateway_service.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace tests;

namespace {

/// A dialect, and where it asks about the profile `rules`.
struct way {
    std::string_view at;
    answer (*ask)(live_service& by, std::string_view at, asked const& what);
};
constexpr std::array ways{
    way{"/auth/forward/rules", ask_forward}, way{"/auth/nginx/rules", ask_nginx},
    way{"/auth/envoy/rules", ask_envoy}};

std::string reader(live_service& by)
{
    return bearer(signed_token(by, R"({"sub":"alice","scope":"read"})"));
}

bool has_empty_headers(answer const& got)
{
    return got.head.find("X-Auth-Subject: \r\n") != std::string::npos
        && got.head.find("X-Auth-Scopes: \r\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/callouts")
{
    TEST_CASE("callouts: a rule that the token fits is 200, whatever the dialect")
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        for (auto const& by : ways) {
            CAPTURE(by.at);
            auto const got = by.ask(running, by.at, {"GET", "/orders/1?x=2", token});
            CHECK(got.status == 200);
            CHECK(got.body.empty());
            CHECK(got.header("X-Auth-Subject") == "alice");
            CHECK(got.header("X-Auth-Scopes") == "read");
            CHECK(got.header("Cache-Control") == "no-store");
        }
    }

    TEST_CASE("callouts: no rule is 403, a scope too few is 403 insufficient_scope")
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        for (auto const& by : ways) {
            CAPTURE(by.at);
            auto const other = by.ask(running, by.at, {"DELETE", "/orders/1", token});
            CHECK(other.status == 403);
            CHECK(other.header("WWW-Authenticate").empty());
            CHECK(by.ask(running, by.at, {"GET", "/admin", token}).status == 403);
            auto const few = by.ask(running, by.at, {"POST", "/orders", token});
            CHECK(few.status == 403);
            CHECK(
                few.header("WWW-Authenticate")
                == R"(Bearer realm="signet", error="insufficient_scope")"
            );
        }
    }

    TEST_CASE("callouts: without a good token 401, also where no rule would let it pass")
    {
        live_service running(gateway_settings());
        for (auto const& by : ways) {
            CAPTURE(by.at);
            CHECK(by.ask(running, by.at, {}).status == 401);
            CHECK(by.ask(running, by.at, {"GET", "/admin", bearer("a.b.c")}).status == 401);
        }
    }

    TEST_CASE(
        "callouts: exempt paths and preflights pass without a token, with every mapped header empty"
    )
    {
        live_service running(gateway_settings());
        auto const spoofed = std::string("X-Auth-Subject: mallory\r\n");
        auto const preflight =
            std::string("Origin: https://b\r\nAccess-Control-Request-Method: PUT\r\n");
        for (auto const& by : ways) {
            CAPTURE(by.at);
            for (auto const* path : {"/public", "/public/a/b", "/health"}) {
                auto const got = by.ask(running, by.at, {"POST", path, spoofed});
                CHECK(got.status == 200);
                CHECK(has_empty_headers(got));
            }
            auto const asks = by.ask(running, by.at, {"OPTIONS", "/admin", preflight});
            CHECK(asks.status == 200);
            CHECK(has_empty_headers(asks));
            CHECK(by.ask(running, by.at, {"GET", "/admin", preflight}).status == 401);
            CHECK(
                by.ask(running, by.at, {"OPTIONS", "/admin", "Origin: https://b\r\n"}).status == 401
            );
            for (auto const* path : {"/publicity", "/health/", "/x/public"})
                CHECK(by.ask(running, by.at, {"GET", path, ""}).status == 401);
        }
    }

    TEST_CASE("callouts: a method with a small letter is 403 before exemptions, rules and tokens")
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        for (auto const& by : ways) {
            CAPTURE(by.at);
            for (auto const* method : {"get", "Get", "gET"}) {
                CAPTURE(method);
                for (auto const* path : {"/orders/1", "/public/a", "/admin"})
                    CHECK(by.ask(running, by.at, {method, path, token}).status == 403);
                CHECK(by.ask(running, by.at, {method, "/orders/1", ""}).status == 403);
            }
        }
        auto const told = ask_nginx(running, "/auth/nginx/rules", {"get", "/orders/1", token});
        CHECK(told.header("X-Auth-Error") == "access_denied");
    }

    TEST_CASE(
        "callouts: a path that could be read in two ways is 403 before exemptions, rules and tokens"
    )
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        for (auto const& by : ways) {
            CAPTURE(by.at);
            for (auto const* path :
                 {"/public/../orders/1", "/public/%2e%2E/orders", "//public", "/public%2fx",
                  "/orders/1;x", "/orders\\1", "/orders/%252e"}) {
                CAPTURE(path);
                CHECK(by.ask(running, by.at, {"GET", path, token}).status == 403);
                CHECK(by.ask(running, by.at, {"GET", path, ""}).status == 403);
            }
        }
        auto const told = ask_nginx(running, "/auth/nginx/rules", {"GET", "//public", token});
        CHECK(told.header("X-Auth-Error") == "path_forbidden");
    }

    TEST_CASE("callouts: a peer that is not trusted is 403, whatever it says")
    {
        auto settings = gateway_settings();
        settings.server.trusted_proxies = {*core::parse_cidr("192.0.2.0/24")};
        live_service running(std::move(settings));
        auto const token = reader(running);
        for (auto const& by : ways) {
            CAPTURE(by.at);
            auto const got = by.ask(running, by.at, {"GET", "/orders/1", token});
            CHECK(got.status == 403);
            CHECK(got.header("X-Auth-Subject").empty());
            CHECK(by.ask(running, by.at, {"GET", "/public/a", ""}).status == 403);
        }
        CHECK(get(running.port(), "/auth", token).status == 200);  // which needs no metadata
    }

    TEST_CASE("callouts: missing and repeated metadata is 400, of nginx 403 with the reason")
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        CHECK(get(running.port(), "/auth/forward/rules", token).status == 400);
        auto const none = get(running.port(), "/auth/nginx/rules", token);
        CHECK(none.status == 403);
        CHECK(none.header("X-Auth-Error") == "request_invalid");
        CHECK(get(running.port(), "/auth/envoy/rules/orders/1", token).status == 400);
        CHECK(
            ask_forward(
                running, "/auth/forward/rules",
                {"GET", "/orders/1", token + "X-Forwarded-Uri: /public/a\r\n"}
            )
                .status
            == 400
        );
        CHECK(
            ask_nginx(
                running, "/auth/nginx/rules",
                {"GET", "/orders/1", token + "X_Original_URL: https://a/public\r\n"}
            )
                .status
            == 403
        );
    }

    TEST_CASE(
        "callouts: only a profile that names the dialect can be chosen, never another in its place"
    )
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        for (auto const* at : {"/auth/envoy/default", "/auth/envoy/nobody", "/auth/envoy/rul%65s"})
            CHECK(ask_envoy(running, at, {"GET", "/orders/1", token}).status == 403);
        CHECK(ask_forward(running, "/auth/forward/nobody", {"GET", "/", token}).status == 403);
        CHECK(ask_forward(running, "/auth/forward/default", {"GET", "/", token}).status == 200);
        CHECK(ask_forward(running, "/auth/forward", {"GET", "/", token}).status == 200);
        for (auto const* at : {"/auth/envoy", "/auth/forward/", "/auth/forward/rules/x", "/auth/x"})
            CHECK(get(running.port(), at, token).status == 404);
    }

    TEST_CASE(
        "callouts: /auth speaks the default dialect; its query, body and method decide nothing"
    )
    {
        auto settings = gateway_settings();
        settings.server.default_auth_dialect = config::dialect::nginx;
        settings.server.default_auth_profile = "rules";
        live_service running(std::move(settings));
        auto const token = reader(running);
        CHECK(ask_nginx(running, "/auth?profile=kept", {"GET", "/orders/1", token}).status == 200);
        auto const refused = ask_nginx(running, "/auth?profile=kept", {"GET", "/x", token});
        CHECK(refused.status == 403);
        CHECK(refused.header("X-Auth-Error") == "access_denied");
        auto const announced =
            ask_nginx(running, "/auth", {"GET", "/orders/1", token + "Content-Length: 100000\r\n"});
        CHECK(announced.status == 200);
        CHECK(announced.says_close());
    }

    TEST_CASE("callouts: cannot decide is 503, in the nginx dialect 401")
    {
        auto settings = gateway_settings();
        settings.server.default_auth_profile = "nobody";
        live_service running(std::move(settings));
        CHECK(ask_forward(running, "/auth/forward", {}).status == 503);
        auto const got = ask_nginx(running, "/auth/nginx", {});
        CHECK(got.status == 401);
        CHECK(got.header("X-Auth-Error") == "keys_unavailable");
        CHECK(got.header("WWW-Authenticate") == R"(Bearer realm="signet")");
    }

    TEST_CASE("callouts: a cookie passes with a safe method, or with the Origin of the request")
    {
        live_service running(gateway_settings());
        auto const token = signed_token(running);
        auto const cookie = "Cookie: a=b; session=" + token + "\r\n";
        auto const at = [&](std::string_view method, std::string const& fields) {
            return ask_envoy(running, "/auth/envoy/cookies", {method, "/cart", fields});
        };
        CHECK(at("GET", cookie).header("X-Auth-Subject") == "alice");
        CHECK(at("POST", cookie).status == 403);
        CHECK(at("POST", cookie + "Origin: https://evil.example\r\n").status == 403);
        CHECK(at("POST", cookie + "Origin: https://app.example.com\r\n").status == 200);
        CHECK(at("POST", bearer(token)).status == 200);
        auto const two = at("GET", cookie + bearer(token));
        CHECK(two.status == 401);
        CHECK(
            two.header("WWW-Authenticate")
            == R"(Bearer realm="app of example.com", error="invalid_request")"
        );
    }

    TEST_CASE("callouts: Envoy removes mapped headers without a value")
    {
        live_service running(gateway_settings());
        auto const got =
            ask_envoy(running, "/auth/envoy/cookies", {"GET", "/", bearer(signed_token(running))});
        CHECK(got.header("x-envoy-auth-headers-to-remove") == "X-Auth-Scopes");
        auto const open = ask_envoy(running, "/auth/envoy/rules", {"GET", "/health", ""});
        CHECK(open.header("x-envoy-auth-headers-to-remove") == "X-Auth-Subject, X-Auth-Scopes");
    }

    TEST_CASE("callouts: decision_max_age is the profile's; a refusal is never kept")
    {
        live_service running(gateway_settings());
        auto const token = bearer(signed_token(running));  // for 60 s
        for (auto const& got :
             {ask_forward(running, "/auth/forward/kept", {"GET", "/", token}),
              ask_nginx(running, "/auth/nginx/kept", {"GET", "/", token})}) {
            CHECK(got.header("Cache-Control") == "private, max-age=30");
            CHECK(got.header("Vary") == "Authorization");
        }
        auto const refused = ask_nginx(running, "/auth/nginx/kept", {});
        CHECK(refused.header("Cache-Control") == "no-store");
        CHECK(get(running.port(), "/auth", token).header("Cache-Control") == "no-store");
    }

    TEST_CASE("verify: a profile that decides by the request is not for it")
    {
        live_service running(gateway_settings());
        auto const token = signed_token(running, R"({"sub":"alice","scope":"read"})");
        auto const got = verified(running, token, R"(,"profile":"rules")");
        CHECK(got.status == 400);
        CHECK(member(got, "member") == "profile");
        CHECK(member(got, "detail") == "This profile is for gateways: it decides by the request.");
        CHECK(verified(running, token, R"(,"profile":"cookies")").status == 200);
        auto const many =
            post(running, "/verify/batch", R"({"profile":"rules","tokens":[")" + token + "\"]}");
        CHECK(many.status == 400);
    }

    TEST_CASE("callouts: what is decided is counted with its code, and the route has its own label")
    {
        live_service running(gateway_settings());
        auto const token = reader(running);
        ask_forward(running, "/auth/forward/rules", {"GET", "/orders/1", token});
        ask_envoy(running, "/auth/envoy/rules", {"GET", "/admin", token});
        auto const text = get(running.admin_port(), "/metrics").body;
        for (auto const* line :
             {R"(signet_verify_total{profile="rules",issuer="self",result="ok",code="ok"} 1)",
              R"(signet_verify_total{profile="rules",issuer="self",result="refused",code="access_denied"} 1)",
              R"(signet_http_requests_total{route="/auth/forward/{profile}",status="200"} 1)",
              R"(signet_http_requests_total{route="/auth/envoy/{profile}",status="403"} 1)"})
            CHECK_MESSAGE(text.find(line) != std::string::npos, line);
    }
}

#include "service/endpoints/gateways/token_sources.hpp"
#include "tests/service/endpoints/gateways/callout.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>

using namespace tests;
using namespace service;
using core::errc;

namespace {

using sources = std::vector<config::token_source>;
using kind = config::token_source::kind;

sources const header{config::token_source{}};
sources const cookie{{kind::cookie, "session"}};
sources const query{{kind::query, "access_token"}};
sources const all{config::token_source{}, {kind::cookie, "session"}, {kind::query, "access_token"}};

core::original_request request(std::string_view method, std::string_view query_text = {})
{
    return {method, "https", "app.example.com", "/orders", query_text};
}

/// The token, or the code of the refusal.
std::string found(
    callout::fields fields, sources const& from,
    core::original_request const& original = request("GET")
)
{
    callout const call(std::move(fields));
    auto const got = token_of(call.request(), original, from);
    return std::string(got ? *got : core::to_string(got.error().code));
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/token_sources")
{
    TEST_CASE("token_of: the bearer token, the cookie or the parameter, as the profile lists them")
    {
        CHECK(found({{"Authorization", "Bearer t"}}, header) == "t");
        CHECK(found({{"Cookie", "a=b; session=t; c=d"}}, cookie) == "t");
        CHECK(found({}, query, request("GET", "a=b&access_token=t")) == "t");
        CHECK(found({{"Authorization", "Bearer t"}}, all) == "t");
        CHECK(found({{"Cookie", "session=t"}}, all) == "t");
        CHECK(found({}, all, request("POST", "access_token=t")) == "t");
    }

    TEST_CASE("token_of: none in a listed source -> caller_unauthenticated")
    {
        for (auto const& from : {header, cookie, query, all})
            CHECK(found({}, from) == "caller_unauthenticated");
        CHECK(found({{"Cookie", "session=t"}}, header) == "caller_unauthenticated");
        CHECK(found({{"Authorization", "Bearer t"}}, cookie) == "caller_unauthenticated");
        CHECK(found({{"Cookie", "xsession=t; session"}}, cookie) == "caller_unauthenticated");
        CHECK(found({{"Cookie", "session="}}, cookie) == "caller_unauthenticated");
    }

    TEST_CASE("token_of: two tokens, wherever they are -> request_invalid")
    {
        auto const with_query = request("GET", "access_token=t");
        CHECK(
            found({{"Authorization", "Bearer t"}, {"Cookie", "session=t"}}, all)
            == "request_invalid"
        );
        CHECK(found({{"Authorization", "Bearer t"}}, all, with_query) == "request_invalid");
        CHECK(found({{"Cookie", "session=t"}}, all, with_query) == "request_invalid");
        CHECK(
            found({{"Authorization", "Bearer t"}, {"Authorization", "Bearer t"}}, cookie)
            == "request_invalid"
        );
        CHECK(found({{"Cookie", "session=t; session=u"}}, cookie) == "request_invalid");
        CHECK(found({{"Cookie", "session=; session=t"}}, cookie) == "request_invalid");
        CHECK(
            found({{"Cookie", "session=t"}, {"cookie", "session =t"}}, cookie) == "request_invalid"
        );
        for (auto const* text :
             {"access_token=t&access_token=t", "access_token=t&access%5Ftoken=u",
              "access_token=t;access_token=u", "access_token&access_token=t"})
            CHECK(found({}, query, request("GET", text)) == "request_invalid");
    }

    TEST_CASE("token_of: a bearer token that the profile does not read never comes along unseen")
    {
        CHECK(
            found({{"Cookie", "session=t"}, {"Authorization", "Bearer u"}}, cookie)
            == "request_invalid"
        );
        CHECK(
            found({{"Cookie", "session=t"}, {"Authorization", "Bearer "}}, cookie)
            == "request_invalid"
        );
        CHECK(found({{"Cookie", "session=t"}, {"Authorization", "Basic YTpi"}}, cookie) == "t");
        for (auto const& from : {cookie, all}) {
            for (auto const* value : {"Bearer\tu", "bearer\tu", "DPoP u", "dpop\tu"})
                CHECK(
                    found({{"Cookie", "session=t"}, {"Authorization", value}}, from)
                    == "request_invalid"
                );
            CHECK(found({{"Cookie", "session=t"}, {"Authorization", "DPoP"}}, from) == "t");
        }
        CHECK(found({{"Authorization", "DPoP u"}}, all) == "caller_unauthenticated");
        CHECK(
            found({{"Authorization", "DPoP u"}}, query, request("GET", "access_token=t"))
            == "request_invalid"
        );
    }

    TEST_CASE("token_of: a cookie that an application may take for the token's is refused")
    {
        sources const named{{kind::cookie, "auth_token"}};
        for (auto const* second :
             {"AUTH_TOKEN=u", "auth.token=u", "auth token=u", "auth[token=u", "auth_token[x]=u",
              "[auth_token]=u", "auth.token[]=u", "Auth_Token=", "auth.token =u"}) {
            CAPTURE(second);
            std::string const other(second);
            CHECK(found({{"Cookie", other + "; auth_token=t"}}, named) == "request_invalid");
            CHECK(found({{"Cookie", "auth_token=t;" + other}}, named) == "request_invalid");
            CHECK(
                found({{"Cookie", "auth_token=t"}, {"cookie", other}}, named) == "request_invalid"
            );
            CHECK(found({{"Cookie", other}}, named) == "request_invalid");
        }
        for (auto const* second :
             {"auth_tokens=u", "xauth_token=u", "auth-token=u", "auth=u", "a[auth_token]=u",
              "_auth_token=u", "auth__token=u", "=u", "[]=u", "auth%5Ftoken=u", "auth+token=u",
              "AUTH_TOKEN", "auth", "a=b=c"}) {
            CAPTURE(second);
            CHECK(found({{"Cookie", std::string("auth_token=t; ") + second}}, named) == "t");
        }
    }

    TEST_CASE("token_of: a cookie inside of another one is refused: SimpleCookie would find it")
    {
        for (auto const* field :
             {"session=t; a=1 session=u", "a=1 session=u; session=t", "a=1\tsession=u; session=t",
              "a=1,session=u; session=t", "a=1, session =u; session=t", "a session=u; session=t",
              "a=1 \t Session=u; session=t", "session=t session=u", "session=t, session=u",
              "session =t session  =u", "a=1 session[]=u; session=t"}) {
            CAPTURE(field);
            CHECK(found({{"Cookie", field}}, cookie) == "request_invalid");
        }
        for (auto const* field :
             {"session=t; a=my session", "a=1 xsession=2; session=t", "a=1 b=2, c=3; session=t",
              "a=session=u; session=t", "  session = t ", "a=1 session; session=t",
              "a=1 session x=2;session=t", "a= ; session=t"}) {
            CAPTURE(field);
            CHECK(found({{"Cookie", field}}, cookie) == "t");
        }
    }

    TEST_CASE("token_of: a parameter that an application may take for the token's is refused")
    {
        for (auto const* second :
             {"access.token=u", "access+token=u", "access%20token=u", "+access_token=u",
              "%20%20access.token=u", "access_token[]=u", "access_token[a][b]=u",
              "access_token%5B%5D=u", "access[token=u", "[access_token]=u", "access_token]=u",
              "access_token%00x=u", "ACCESS_TOKEN=u", "access.token"}) {
            CAPTURE(second);
            std::string const other(second);
            CHECK(found({}, query, request("GET", "access_token=t&" + other)) == "request_invalid");
            CHECK(found({}, query, request("GET", other + "&access_token=t")) == "request_invalid");
            CHECK(
                found({{"Authorization", "Bearer t"}}, all, request("GET", other))
                == "request_invalid"
            );
        }
        for (auto const* second :
             {"access_tokens=u", "xaccess_token=u", "access-token=u", "access=u", "access[a]=u",
              "a[access_token]=u", "_access_token=u", "access__token=u", "=u", "+", "[]=u"}) {
            CAPTURE(second);
            CHECK(found({}, query, request("GET", std::string("access_token=t&") + second)) == "t");
        }
        CHECK(found({}, query, request("GET", "%61ccess%5ftoken=t")) == "t");
        sources const odd{{kind::query, "a.T"}};
        CHECK(found({}, odd, request("GET", "a.T=t")) == "t");
        CHECK(found({}, odd, request("GET", "a.T=t&a_T=u")) == "request_invalid");
    }

    TEST_CASE(
        "token_of: a cookie with a method that may change something needs the request's own Origin"
    )
    {
        for (auto const* method : {"POST", "PUT", "DELETE", "PATCH", "BREW", "get", ""}) {
            CAPTURE(method);
            auto const by = [&](std::string_view origin) {
                return found(
                    {{"Cookie", "session=t"}, {"Origin", origin}}, cookie, request(method)
                );
            };
            CHECK(found({{"Cookie", "session=t"}}, cookie, request(method)) == "origin_forbidden");
            CHECK(by("https://app.example.com") == "t");
            for (auto const* other :
                 {"", "null", "http://app.example.com", "https://evil.example",
                  "https://app.example.com.evil.example", "https://app.example.com:444",
                  "https://app.example.com/", "https://app.example.co"})
                CHECK(by(other) == "origin_forbidden");
        }
        for (auto const* method : {"GET", "HEAD", "OPTIONS", "TRACE"})
            CHECK(found({{"Cookie", "session=t"}}, cookie, request(method)) == "t");
    }

    TEST_CASE("token_of: a cookie with a foreign Origin is refused whatever the method")
    {
        for (auto const* method : {"GET", "HEAD", "OPTIONS", "TRACE", "POST"}) {
            auto const by = [&](std::string_view origin) {
                return found({{"Cookie", "session=t"}, {"Origin", origin}}, all, request(method));
            };
            CHECK(by("https://app.example.com") == "t");
            for (auto const* other : {"null", "http://app.example.com", "https://evil.example"})
                CHECK(by(other) == "origin_forbidden");
        }
        CHECK(found({{"Cookie", "session=t"}, {"Origin", ""}}, cookie) == "t");
        CHECK(
            found(
                {{"Cookie", "session=t"},
                 {"Origin", "https://app.example.com"},
                 {"origin", "https://evil.example"}},
                cookie
            )
            == "origin_forbidden"
        );
        for (auto const& from : {header, all})
            CHECK(
                found({{"Authorization", "Bearer t"}, {"Origin", "https://evil.example"}}, from)
                == "t"
            );
    }

    TEST_CASE("token_of: two Origins, or a request that is not told, are no matching Origin")
    {
        callout::fields const twice{
            {"Cookie", "session=t"},
            {"Origin", "https://app.example.com"},
            {"Origin", "https://app.example.com"}};
        CHECK(found(twice, cookie, request("POST")) == "origin_forbidden");
        callout::fields const one{{"Cookie", "session=t"}, {"Origin", "://"}};
        CHECK(found(one, cookie, {}) == "origin_forbidden");
    }

    TEST_CASE("token_of: an Origin has no port where that is the scheme's own")
    {
        auto original = request("POST");
        for (auto const& [scheme, host, origin] :
             {std::tuple("https", "App.example.com:443", "https://app.example.com"),
              std::tuple("http", "app.example.com:80", "http://app.example.com"),
              std::tuple("https", "app.example.com:8443", "https://app.example.com:8443"),
              std::tuple("https", "[2001:db8::1]:443", "https://[2001:db8::1]")}) {
            original.scheme = scheme;
            original.host = host;
            CHECK(found({{"Cookie", "session=t"}, {"Origin", origin}}, cookie, original) == "t");
        }
    }

    TEST_CASE("token_of: a WebSocket with a cookie needs the request's own Origin too")
    {
        for (service::http::field const field :
             {service::http::field{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
              service::http::field{"Upgrade", "WebSocket"},
              service::http::field{"Upgrade", "h2c, websocket"},
              service::http::field{"Sec-WebSocket-Version", "13"},
              service::http::field{"sec-websocket-protocol", "chat"}}) {
            CHECK(found({{"Cookie", "session=t"}, field}, cookie) == "origin_forbidden");
            CHECK(
                found(
                    {{"Cookie", "session=t"}, field, {"Origin", "https://app.example.com"}}, cookie
                )
                == "t"
            );
        }
        CHECK(found({{"Cookie", "session=t"}, {"Upgrade", "h2c"}}, cookie) == "t");
    }
}

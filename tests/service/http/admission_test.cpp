#include "service/app/app.hpp"
#include "service/endpoints/routes.hpp"
#include "service/http/admission.hpp"
#include "service/http/dispatch.hpp"
#include "service/observe/log.hpp"
#include "tests/service/live_service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

using namespace tests;

namespace {

answer post(std::uint16_t port, std::string_view path, std::string_view fields)
{
    std::string text = "POST ";
    text.append(path)
        .append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n")
        .append(fields);
    return ask(port, text + "\r\n{}");
}

service::http::pending_reply fail_at_once(service::http::request const&, service::worker&)
{
    throw std::runtime_error("what only the log may say");
}

service::asio::awaitable<service::http::reply>
fail_later(service::http::request const&, service::worker&)
{
    throw std::runtime_error("what only the log may say");
    co_return service::http::reply{};
}

}  // namespace

TEST_SUITE("service/http/admission")
{
    TEST_CASE("admit: only an exact path is a route")
    {
        live_service running;
        for (std::string_view path :
             {"/", "/verify/", "/Verify", "//verify", "/verify/batch/x", "/%76erify",
              "/x/../verify", "/livez", "/auth-x", "/authx", "/keys", "/.well-known/jwks.json/"}) {
            CAPTURE(path);
            auto const got = get(running.port(), path);
            CHECK(got.status == 404);
            CHECK(member(got, "code") == "not_found");
        }
    }

    TEST_CASE("admit: an endpoint that the listener does not open is 404, like any unknown path")
    {
        auto with = live_settings();
        with.server.listen[0].endpoints = {};
        with.server.listen[0].endpoints.add(config::endpoint::verify);
        live_service running(with);
        CHECK(ask(running.port(), post_text("/verify", "{")).status == 400);
        for (std::string_view path : {"/sign", "/sign/batch", "/inspect"})
            CHECK(ask(running.port(), post_text(path, "{}")).status == 404);
        CHECK(get(running.port(), "/.well-known/jwks.json").status == 404);
        CHECK(get(running.port(), "/auth").status == 404);
    }

    TEST_CASE("admit: another method is 405 with Allow")
    {
        live_service running;
        auto const got = get(running.port(), "/verify");
        CHECK(got.status == 405);
        CHECK(got.header("Allow") == "POST");
        CHECK(member(got, "code") == "method_not_allowed");
        auto const other =
            ask(running.port(), "get /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
        CHECK(other.status == 405);
        CHECK(other.header("Allow") == "GET, HEAD");
        CHECK(post(running.port(), "/.well-known/jwks.json", "").status == 405);
    }

    TEST_CASE("admit: POST without Content-Type: application/json is 415")
    {
        live_service running;
        auto const status = [&](std::string_view fields) {
            return post(running.port(), "/verify", fields).status;
        };
        CHECK(status("") == 415);
        CHECK(status("Content-Type: text/plain\r\n") == 415);
        CHECK(status("Content-Type: json\r\n") == 415);
        CHECK(status("Content-Type: application/x-www-form-urlencoded\r\n") == 415);
        CHECK(status("Content-Type: application/json; charset=latin1\r\n") == 415);
        CHECK(
            status("Content-Type: application/json\r\nContent-Type: application/json\r\n") == 415
        );
        CHECK(status("Content-Type: application/json\r\nContent-Encoding: gzip\r\n") == 415);
        CHECK(status("Content-Type: application/json\r\n") == 400);
        CHECK(status("Content-Type: Application/JSON ;\tCharset=UTF-8\r\n") == 400);
        CHECK(status("Content-Type: Application/JSON ; charset=UTF-8\r\n") == 400);
    }

    TEST_CASE("admit: utf8 is UTF-8, in any case, with quotes, and after empty parameters")
    {
        live_service running;
        auto const status = [&](std::string const& parameters) {
            auto const field = "Content-Type: application/json" + parameters + "\r\n";
            return post(running.port(), "/verify", field).status;
        };
        for (auto const* good :
             {";charset=utf8", "; charset=UTF8", "; Charset=\"utf8\"", "; charset=\"Utf-8\"", ";",
              "; charset=utf-8;", ";; charset=utf8 ;"}) {
            CAPTURE(good);
            CHECK(status(good) == 400);
        }
        for (auto const* bad :
             {"; charset=utf-16", "; charset=utf-8; charset=utf-8",
              "; charset=", "; charset=\"utf8", "; charset=utf88", "; charset='utf8'", "; utf8",
              "; version=1", "; charset utf8"}) {
            CAPTURE(bad);
            CHECK(status(bad) == 415);
        }
    }

    TEST_CASE("admit: an unknown query parameter is 400, on /auth it is ignored")
    {
        live_service running;
        auto const got =
            post(running.port(), "/verify?profile=x", "Content-Type: application/json\r\n");
        CHECK(got.status == 400);
        CHECK(member(got, "code") == "request_invalid");
        CHECK(get(running.admin_port(), "/version?x=1").status == 400);
        CHECK(get(running.admin_port(), "/livez?x=1").status == 400);
        CHECK(get(running.port(), "/auth?profile=x").status != 400);
    }

    TEST_CASE("admit: published documents ignore the query")
    {
        live_service running;
        for (std::string_view path :
             {"/.well-known/jwks.json", "/.well-known/openid-configuration",
              "/.well-known/oauth-authorization-server", "/openapi.yaml"}) {
            CAPTURE(path);
            for (std::string_view query : {"?", "?x=1", "?p=B2C_1&x", "?a=%20&&="})
                CHECK(get(running.port(), std::string(path).append(query)).status == 200);
        }
        CHECK(get(running.admin_port(), "/metrics?name[]=x").status == 200);
    }

    TEST_CASE("admit: a web page of another site is 403 origin_forbidden")
    {
        live_service running;
        auto const status = [&](std::string_view field) {
            return post(
                       running.port(), "/verify",
                       "Content-Type: application/json\r\n" + std::string(field)
            )
                .status;
        };
        CHECK(status("Origin: https://elsewhere.example\r\n") == 403);
        CHECK(status("Origin: null\r\n") == 403);
        CHECK(status("Sec-Fetch-Site: cross-site\r\n") == 403);
        CHECK(status("Sec-Fetch-Site: same-site\r\n") == 403);
        CHECK(status("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n") == 400);
        CHECK(status("Sec-Fetch-Site: none\r\n") == 400);
        auto const jwks =
            get(running.port(), "/.well-known/jwks.json", "Origin: https://elsewhere.example\r\n");
        CHECK(jwks.status == 200);
        auto const keys =
            get(running.admin_port(), "/keys", "Origin: https://elsewhere.example\r\n");
        CHECK(keys.status == 403);
        CHECK(member(keys, "code") == "origin_forbidden");
    }

    TEST_CASE("admit: on a loopback listener a Host that is not a name of ours is 403")
    {
        auto with = live_settings();
        with.server.hosts = {"signet.internal", "other.internal:8080"};
        live_service running(with);
        auto const status = [&](std::string_view host) {
            return ask(running.port(),
                       "GET /openapi.yaml HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n")
                .status;
        };
        for (std::string_view host :
             {"localhost", "localhost:1", "LOCALHOST", "a.localhost", "127.0.0.1:8080", "127.8.9.1",
              "[::1]:80", "signet.internal", "Signet.Internal:99", "other.internal:8080"}) {
            CAPTURE(host);
            CHECK(status(host) == 200);
        }
        for (std::string_view host :
             {"evil.example", "localhost.evil.example", "127.evil.example", "10.0.0.1",
              "other.internal", "xlocalhost", "[::2]"}) {
            CAPTURE(host);
            CHECK(status(host) == 403);
        }
        CHECK(ask(running.port(), "GET /openapi.yaml HTTP/1.0\r\n\r\n").status == 200);
    }

    TEST_CASE(
        "admit: several Authorization fields are 400 and end the connection, on /auth they are 401"
    )
    {
        live_service running;
        std::string const twice = "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n";
        auto const got = get(running.port(), "/.well-known/jwks.json", twice);
        CHECK(got.status == 400);
        CHECK(got.says_close());
        CHECK(get(running.port(), "/nowhere", twice).status == 400);
        CHECK(get(running.port(), "/auth", twice).status != 400);
    }

    TEST_CASE("admit: where strangers cannot ask anything, they are 401 before their body is read")
    {
        auto with = live_settings();
        config::caller_settings caller;
        caller.name = "orders";
        caller.secret_sha256 = std::string(32, 'x');
        with.callers.push_back(caller);
        live_service running(with);
        std::string const announced =
            "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
        for (std::string_view path : {"/sign", "/sign/batch", "/encrypt", "/decrypt"}) {
            CAPTURE(path);
            connection one(running.port());
            auto const got =
                one.exchange("POST " + std::string(path) + " HTTP/1.1\r\n" + announced);
            CHECK(got.status == 401);
            CHECK(member(got, "code") == "caller_unauthenticated");
            CHECK(got.header("WWW-Authenticate") == "Bearer");
            CHECK(got.says_close());
            CHECK(one.is_closed());
        }
        // What anybody may ask is read.
        CHECK(ask(running.port(), post_text("/inspect", "{}")).status == 400);
        CHECK(ask(running.port(), post_text("/verify", "{}")).status == 400);
    }

    TEST_CASE("admit: not found, method and origin come before the caller, type and length after")
    {
        auto const with = live_settings();
        service::http::listen_point at{with.server.listen.front(), service::http::role::data};
        at.settings.address.host = "127.0.0.1";
        auto const code = [&](std::string_view line, std::string_view fields) {
            service::http::raw_head head;
            std::string text(line);
            text.append(" HTTP/1.1\r\nHost: localhost\r\n").append(fields).append("\r\n");
            REQUIRE(!service::http::scan_head(text, 64, head));
            auto const admitted = service::http::admit(service::all_routes(), head, {}, at, with);
            return admitted.refused ? admitted.refused->code : core::errc::internal;
        };
        CHECK(code("POST /nowhere", "") == core::errc::not_found);
        CHECK(code("GET /decrypt", "") == core::errc::method_not_allowed);
        CHECK(code("POST /decrypt", "Origin: null\r\n") == core::errc::origin_forbidden);
        CHECK(code("POST /decrypt?x=1", "") == core::errc::caller_unauthenticated);
        CHECK(
            code("POST /decrypt", "Content-Type: text/plain\r\n")
            == core::errc::caller_unauthenticated
        );
        CHECK(
            code("POST /decrypt", "Content-Length: 99999999\r\n")
            == core::errc::caller_unauthenticated
        );
        CHECK(code("POST /inspect", "") == core::errc::media_type_unsupported);
    }

    TEST_CASE("admit: a caller's proof, inline keys and development mode let a body through")
    {
        auto with = live_settings();
        config::caller_settings caller;
        caller.name = "local";
        caller.uid = 7;
        with.callers.push_back(caller);
        service::http::listen_point at{with.server.listen.front(), service::http::role::data};
        at.settings.address.host = "127.0.0.1";
        auto const is_let_in = [&](std::string_view path, service::peer const& from) {
            service::http::raw_head head;
            std::string text("POST ");
            text.append(path).append(
                " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\r\n"
            );
            REQUIRE(!service::http::scan_head(text, 64, head));
            return !service::http::admit(service::all_routes(), head, from, at, with).refused;
        };
        service::peer stranger, local;
        local.is_unix = true;
        local.uid = 7;
        CHECK(is_let_in("/decrypt", local));
        CHECK(!is_let_in("/decrypt", stranger));
        with.inline_keys.decrypt = true;
        CHECK(is_let_in("/decrypt", stranger));
        CHECK(!is_let_in("/sign", stranger));
        with.inline_keys.sign = with.inline_keys.encrypt = true;
        CHECK(is_let_in("/sign/batch", stranger));
        CHECK(is_let_in("/encrypt", stranger));
        with.inline_keys = {};
        with.dev = true;
        CHECK(is_let_in("/sign", stranger));
        with.dev = false;

        CHECK(is_let_in("/verify", stranger));  // no profile: the answer is 400, to anybody
        with.verify_profiles["a"].callers = {"local"};
        CHECK(!is_let_in("/verify/batch", stranger));
        CHECK(is_let_in("/verify", local));
        with.verify_profiles["b"] = {};
        CHECK(is_let_in("/verify", stranger));  // the body says which
    }

    TEST_CASE("dispatch: a handler that throws is 500 internal, and its text is not shown")
    {
        service::start_log({.level = config::log_level::off, .format = config::log_format::json});
        service::app owner(live_settings());
        auto& here = *owner.workers().front();
        service::http::request const from({});
        auto const check = [](service::http::reply const& got) {
            CHECK(got.status == 500);
            CHECK(got.code == "internal");
            CHECK(got.body.find("only the log") == std::string::npos);
        };
        service::http::route const at_once{"/broken", "GET", &fail_at_once};
        auto first = service::http::dispatch(at_once, from, here);
        REQUIRE(!first.must_wait());
        check(first.now);

        service::http::route const later{
            "/broken", "GET", &service::http::as_coroutine<fail_later>};
        auto second = service::http::dispatch(later, from, here);
        REQUIRE(second.must_wait());
        service::http::reply got;
        auto const take = [&](std::exception_ptr, service::http::reply answer) { got = answer; };
        auto rest = service::http::finish_dispatch(std::move(second.later), later, from);
        boost::asio::co_spawn(here.io, std::move(rest), take);
        here.io.run();
        check(got);
    }
}

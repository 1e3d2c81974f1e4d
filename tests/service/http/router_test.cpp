#include "service/app.hpp"
#include "service/http/router.hpp"
#include "service/log.hpp"
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

service::asio::awaitable<service::http::reply>
handle_badly(service::http::request const&, service::worker&)
{
    throw std::runtime_error("what only the log may say");
    co_return service::http::reply{};
}

}  // namespace

TEST_SUITE("service/http/router")
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
        CHECK(status("Content-Type: application/x-www-form-urlencoded\r\n") == 415);
        CHECK(status("Content-Type: application/json; charset=latin1\r\n") == 415);
        CHECK(
            status("Content-Type: application/json\r\nContent-Type: application/json\r\n") == 415
        );
        CHECK(status("Content-Type: application/json\r\nContent-Encoding: gzip\r\n") == 415);
        CHECK(status("Content-Type: application/json\r\n") == 400);
        CHECK(status("Content-Type: Application/JSON ; charset=UTF-8\r\n") == 400);
    }

    TEST_CASE("admit: an unknown query parameter is 400, on /auth it is ignored")
    {
        live_service running;
        auto const got = get(running.port(), "/.well-known/jwks.json?x=1");
        CHECK(got.status == 400);
        CHECK(member(got, "code") == "request_invalid");
        CHECK(
            post(running.port(), "/verify?profile=x", "Content-Type: application/json\r\n").status
            == 400
        );
        CHECK(get(running.port(), "/auth?profile=x").status != 400);
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

    TEST_CASE("admit: on a loopback listener a Host that is no name of ours is 403")
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

    TEST_CASE("admit: several Authorization fields are 400 and the end, and /auth's own 401")
    {
        live_service running;
        std::string const twice = "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n";
        auto const got = get(running.port(), "/.well-known/jwks.json", twice);
        CHECK(got.status == 400);
        CHECK(got.says_close());
        CHECK(get(running.port(), "/nowhere", twice).status == 400);
        CHECK(get(running.port(), "/auth", twice).status != 400);
    }

    TEST_CASE("dispatch: a handler that throws is 500 internal, and what it says stays inside")
    {
        service::start_log({.level = config::log_level::off, .format = config::log_format::json});
        service::app owner(live_settings());
        auto& here = *owner.workers().front();
        service::http::route const route{"/broken", "GET", &handle_badly};
        service::http::request const from({});
        service::http::reply got;
        auto const take = [&](std::exception_ptr, service::http::reply answer) { got = answer; };
        boost::asio::co_spawn(here.io, service::http::dispatch(route, from, here), take);
        here.io.run();
        CHECK(got.status == 500);
        CHECK(got.code == "internal");
        CHECK(got.body.find("only the log") == std::string::npos);
    }
}

#include "service/app/app.hpp"
#include "service/endpoints/routes.hpp"
#include "service/http/admission.hpp"
#include "service/http/dispatch.hpp"
#include "service/observe/log.hpp"
#include "service/state/caller_state.hpp"
#include "tests/service/callers/people.hpp"
#include "tests/service/endpoints/tokens/token_service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

using namespace tests;

namespace {

answer post_with(std::uint16_t port, std::string_view path, std::string_view fields)
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

/// Why a request is refused by its head, as a session decides it; nullopt = it is not.
std::optional<core::failure> outcome(
    service::http::raw_head const& head, service::peer const& from,
    service::http::listen_point const& at, config::settings const& with,
    service::http::route_table routes = service::all_routes()
)
{
    auto const admitted = service::http::admit(routes, head, at, with);
    if (admitted.refused)
        return admitted.refused;
    if (admitted.to->asks_who()) {
        service::caller_state callers;
        auto const by = callers.book_of(with)->of_peer(from, {});
        service::caller_lease place;
        auto why = service::http::admit_sender(*admitted.to, by, with, {}, place);
        if (why)
            return why;
    }
    return service::http::admit_body(*admitted.to, head, with.limits);
}

service::http::raw_head head_of(std::string_view text)
{
    service::http::raw_head head;
    REQUIRE(!service::http::scan_head(text, 64, head));
    return head;
}

std::string as_caller()
{
    return "Authorization: Bearer " + std::string(caller_secret) + "\r\n";
}

}  // namespace

TEST_SUITE("service/http/admission")
{
    TEST_CASE("admit: only an exact path is a route")
    {
        live_service running;
        for (std::string_view path :
             {"/", "/verify/", "/Verify", "//verify", "/verify/batch/x", "/%76erify",
              "/x/../verify", "/livez", "/auth-x", "/authx", "/keys", "/.well-known/jwks.json/",
              "/dev/{issuer}/sign", "/auth/forward/{profile}/x"}) {
            CAPTURE(path);
            auto const got = get(running.port(), path);
            CHECK(got.status == 404);
            CHECK(member(got, "code") == "not_found");
        }
    }

    TEST_CASE("admit: an endpoint that the listener does not open is 404, and the reply says so")
    {
        auto with = live_settings();
        with.server.listen[0].endpoints = {};
        with.server.listen[0].endpoints.add(config::endpoint::verify);
        live_service running(with);
        CHECK(ask(running.port(), post_text("/verify", "{")).status == 400);
        for (std::string_view path : {"/sign", "/sign/batch", "/inspect", "/metrics"}) {
            auto const got = ask(running.port(), post_text(path, "{}"));
            CHECK(got.status == 404);
            CHECK(member(got, "detail") == "This listener does not open this path.");
        }
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
        CHECK(post_with(running.port(), "/.well-known/jwks.json", "").status == 405);
    }

    TEST_CASE("admit: POST without Content-Type: application/json is 415")
    {
        live_service running;
        auto const status = [&](std::string_view fields) {
            return post_with(running.port(), "/verify", fields).status;
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
            return post_with(running.port(), "/verify", field).status;
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
            post_with(running.port(), "/verify?profile=x", "Content-Type: application/json\r\n");
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
            return post_with(
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
        caller.secret_sha256 = {std::string(32, 'x')};
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
            auto const why = outcome(head, {}, at, with);
            return why ? why->code : core::errc::internal;
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
            return !outcome(head, from, at, with);
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

    TEST_CASE("admit_sender: a route that needs a role, of whoever has it")
    {
        service::http::route const reload{
            .path = "/reload",
            .methods = "POST",
            .handle = &fail_at_once,
            .place = service::http::place::admin,
            .role = config::caller_role::admin};
        auto with = live_settings();
        service::http::listen_point at{{}, service::http::role::admin};
        at.settings.address.host = "127.0.0.1";
        config::caller_settings caller;
        caller.name = "local";
        caller.uid = 7;
        with.callers.push_back(caller);
        auto const code = [&](service::peer const& from) {
            auto const head = head_of("POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n");
            auto const why = outcome(head, from, at, with, {&reload, 1});
            return why ? core::to_string(why->code) : "ok";
        };
        service::peer stranger, local;
        local.is_unix = true;
        local.uid = 7;
        CHECK(code(stranger) == "caller_unauthenticated");
        CHECK(code(local) == "caller_forbidden");
        with.callers.front().roles = {config::caller_role::admin};
        CHECK(code(local) == "ok");
        CHECK(code(stranger) == "caller_unauthenticated");
        with.dev = true;
        CHECK(code(stranger) == "ok");
    }

    TEST_CASE("admit_sender: an endpoint that a caller may not use, before its body is read")
    {
        auto with = token_settings();
        with.callers.front().endpoints.emplace().add(config::endpoint::sign);
        live_service running(with);
        CHECK(post(running, "/sign", R"({"claims":{"sub":"a"}})", true).status == 200);
        auto const got = post(running, "/inspect", R"({"token":"a.b.c"})", true);
        CHECK(got.status == 403);
        CHECK(member(got, "code") == "caller_forbidden");
        CHECK(post(running, "/inspect", R"({"token":"a.b.c"})").status != 403);
        auto const auth = get(running.port(), "/.well-known/jwks.json", as_caller());
        CHECK(auth.status == 200);  // asks nobody who they are
    }

    TEST_CASE("admit_sender: beyond its rate a caller is 429 rate_limited with Retry-After")
    {
        auto with = token_settings();
        with.callers.front().rate = {.requests = 1, .per = config::seconds(3600), .burst = 3};
        live_service running(with);
        auto const sign = [&] { return post(running, "/sign", R"({"claims":{"sub":"a"}})", true); };
        for (int i = 0; i < 3; ++i)
            CHECK(sign().status == 200);
        auto const got = sign();
        CHECK(got.status == 429);
        CHECK(member(got, "code") == "rate_limited");
        CHECK(got.header("Retry-After") == "3600");
        CHECK(post(running, "/sign", "not even JSON", true).status == 429);
        CHECK(post(running, "/sign", "not even JSON").status != 429);  // others are not limited
        auto const metrics = get(running.admin_port(), "/metrics").body;
        CHECK(
            metrics.find(R"(signet_caller_limited_total{caller="orders",reason="rate"} 2)")
            != std::string::npos
        );
        CHECK(
            metrics.find(R"(signet_caller_limited_total{caller="billing",reason="rate"} 0)")
            != std::string::npos
        );
    }

    TEST_CASE("admit_sender: a request that is looked at by another configuration is counted once")
    {
        auto settings = people::named("orders");
        settings.rate = {.requests = 1, .per = config::seconds(3600), .burst = 1};
        settings.in_flight = 1;
        auto const by = people::sent_by(settings);
        service::http::route const sign{.path = "/sign", .methods = "POST", .handle = nullptr};
        service::caller_lease place, other;
        auto const admit = [&](service::identity const& who, service::caller_lease& in) {
            return service::http::admit_sender(sign, who, {}, {}, in);
        };
        CHECK(!admit(by, place));
        CHECK(!admit(by, place));
        CHECK(by.who()->meter->in_flight() == 1);
        REQUIRE(admit(by, other).has_value());
        CHECK(admit(by, other)->code == core::errc::rate_limited);
        // Another caller's secret by now, or nobody's: it has its own limits, and gives the place back.
        auto const now_by = people::sent_by(people::named("bills"));
        CHECK(!admit(now_by, place));
        CHECK(by.who()->meter->in_flight() == 0);
        CHECK(now_by.who()->meter->in_flight() == 1);
        CHECK(!admit(service::identity::of_stranger(nullptr), place));
        CHECK(now_by.who()->meter->in_flight() == 0);
    }

    TEST_CASE("admit_sender: each item of a batch is one request of its caller")
    {
        auto with = token_settings();
        with.callers.front().rate = {.requests = 1, .per = config::seconds(3600), .burst = 4};
        live_service running(with);
        auto const count = [](std::string const& text, std::string_view what) {
            int found = 0;
            for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
                ++found;
            return found;
        };
        auto const item = std::string(R"({"claims":{"sub":"a"}})");
        auto const signing = post(
            running, "/sign/batch", "{\"items\":[" + item + "," + item + "," + item + "]}", true
        );
        CHECK(signing.status == 200);
        auto const verifying =
            post(running, "/verify/batch", R"({"tokens":["a.b.c","a.b.c","a.b.c"]})", true);
        CHECK(verifying.status == 422);
        CHECK(count(verifying.body, "token_malformed") == 2);  // type and code, of the first
        CHECK(count(verifying.body, "\"status\":429") == 2);
        CHECK(post(running, "/verify/batch", "{}", true).status == 429);
    }

    TEST_CASE("admit_sender: one more than may be in flight is 429, until one is answered")
    {
        auto with = token_settings();
        with.callers.front().in_flight = 1;
        live_service running(with);
        std::string const body = R"({"claims":{"sub":"a"}})";
        auto const whole = post_text("/sign", body, as_caller());
        connection slow(running.port());
        slow.send(whole.substr(0, whole.size() - 1));
        auto& callers = running.app().shared().callers;
        auto const in_flight = [&] { return callers.all().back().in_flight; };
        REQUIRE(callers.all().back().name == "orders");
        for (int i = 0; i < 500 && in_flight() == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        CHECK(in_flight() == 1);
        auto const got = ask(running.port(), whole);
        CHECK(got.status == 429);
        CHECK(member(got, "code") == "rate_limited");
        CHECK(got.header("Retry-After") == "1");
        CHECK(post(running, "/inspect", R"({"token":"a.b.c"})").status != 429);  // a stranger
        slow.send("}");
        CHECK(slow.receive().status == 200);
        CHECK(in_flight() == 0);
        CHECK(ask(running.port(), whole).status == 200);
    }

    TEST_CASE("admit_sender: a caller that hangs up is no longer in flight")
    {
        auto with = token_settings();
        with.callers.front().in_flight = 1;
        live_service running(with);
        auto const whole = post_text("/sign", R"({"claims":{"sub":"a"}})", as_caller());
        {
            connection gone(running.port());
            gone.send(whole.substr(0, whole.size() - 1));
            gone.finish_sending();
            CHECK(gone.is_closed());
        }
        CHECK(ask(running.port(), whole).status == 200);
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

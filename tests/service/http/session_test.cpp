#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// Settings whose deadlines a test can wait for.
config::settings impatient()
{
    auto with = live_settings();
    with.limits.head_timeout = 300ms;
    with.limits.request_timeout = 600ms;
    with.limits.idle_timeout = 300ms;
    return with;
}

/// The bytes are refused with this code, and the connection ends.
void check_refused(
    live_service& running, std::string const& octets, unsigned status, std::string_view code
)
{
    CAPTURE(octets.substr(0, 200));
    connection one(running.port());
    auto const got = one.exchange(octets);
    CHECK(got.status == status);
    CHECK(got.says_close());
    CHECK(got.header("Content-Type") == "application/problem+json");
    CHECK(got.body.find("\"code\":\"" + std::string(code) + "\"") != std::string::npos);
    CHECK(one.is_closed());
}

}  // namespace

TEST_SUITE("service/http/session")
{
    TEST_CASE("session: every smuggling form is 400 request_invalid, and the connection ends")
    {
        live_service running;
        for (std::string const& lines : std::vector<std::string>{
                 "Transfer-Encoding: xchunked\r\n",
                 "Transfer-Encoding: chunked, identity\r\n",
                 "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                 "Content-Length: 3, 3\r\n",
                 "Content-Length: 3\r\nContent-Length: 3\r\n",
                 "Content-Length: +3\r\n",
                 "X-A: one\r\n two\r\n",
                 "X-A: one\rtwo\r\n",
                 "X-A: one\ntwo: three\r\n",
                 "X-A : one\r\n",
                 "Upgrade: websocket\r\nConnection: upgrade, content-length\r\n",
                 "Host: other\r\n",
                 "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
             }) {
            auto const head =
                "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + lines + "\r\n";
            check_refused(running, head + "{}", 400, "request_invalid");
        }
        check_refused(
            running, "POST /verify HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "request_invalid"
        );
        check_refused(
            running, "GET /.well-known/jwks.json HTTP/1.1\r\n\r\n", 400, "request_invalid"
        );
        check_refused(
            running, "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"s, 400, "request_invalid"
        );
        check_refused(
            running, "GET http://other/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "request_invalid"
        );
        check_refused(running, "\x16\x03\x01\x02", 400, "request_invalid");
    }

    TEST_CASE("session: what follows a refused request on its connection is never served")
    {
        live_service running;
        connection one(running.port());
        one.send(
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n"
            + good_get
        );
        auto const all = one.read_to_end();
        CHECK(all.find(" 400 ") != std::string::npos);
        CHECK(all.find(" 200 ") == std::string::npos);
    }

    TEST_CASE("session: a head of 16 KiB passes, one byte more is 431 head_too_large")
    {
        live_service running;
        std::string const begin = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\nX-A: ";
        auto const fill = 16U * 1024U - begin.size() - 4;
        CHECK(ask(running.port(), begin + std::string(fill, 'a') + "\r\n\r\n").status == 200);
        check_refused(
            running, begin + std::string(fill + 1, 'a') + "\r\n\r\n", 431, "head_too_large"
        );
        check_refused(running, begin + std::string(64U * 1024U, 'a'), 431, "head_too_large");
    }

    TEST_CASE("session: 64 header fields pass, 65 are 431 head_too_large")
    {
        live_service running;
        std::string lines;
        for (int i = 0; i < 63; ++i)
            lines += "X-A: b\r\n";
        CHECK(get(running.port(), "/.well-known/jwks.json", lines).status == 200);
        check_refused(
            running, "GET / HTTP/1.1\r\nHost: localhost\r\n" + lines + "X-A: b\r\n\r\n", 431,
            "head_too_large"
        );
    }

    TEST_CASE("session: a body of 64 KiB is read, an announced one of more is 413 before it is sent"
    )
    {
        live_service running;
        std::string const fits(64U * 1024U, ' ');
        CHECK(ask(running.port(), post_text("/verify", fits)).status == 400);  // read, and not JSON
        check_refused(
            running,
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 65537\r\n\r\n",
            413, "body_too_large"
        );
    }

    TEST_CASE("session: a chunked body that grows over the limit is 413 body_too_large")
    {
        live_service running;
        std::string text =
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 17; ++i)
            text += "1000\r\n" + std::string(0x1000, ' ') + "\r\n";
        check_refused(running, text, 413, "body_too_large");
    }

    TEST_CASE("session: a batch takes a body of 1 MiB")
    {
        live_service running;
        CHECK(
            ask(running.port(), post_text("/verify/batch", std::string(1024U * 1024U, ' '))).status
            == 400
        );
        CHECK(
            ask(running.port(), post_text("/verify/batch", std::string(1024U * 1024U + 1, ' ')))
                .status
            == 413
        );
    }

    TEST_CASE("session: a chunked body is the same request as a plain one, however it is cut")
    {
        live_service running;
        connection one(running.port());
        std::string const text =
            "POST /inspect HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
            "5;ext=1\r\n{\"tok\r\n7\r\nen\": 1}\r\n0\r\nTrailer: x\r\n\r\n";
        for (char const octet : text)
            one.send({&octet, 1});
        auto const got = one.receive();
        CHECK(got.status == 400);
        CHECK(got.body.find(R"("member":"token")") != std::string::npos);
        CHECK(one.exchange(good_get).status == 200);
    }

    TEST_CASE("session: an invalid chunk is 400 request_invalid")
    {
        live_service running;
        std::string const head =
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n";
        check_refused(running, head + "x\r\n{}\r\n0\r\n\r\n", 400, "request_invalid");
        check_refused(running, head + "2\r\n{}x\r\n0\r\n\r\n", 400, "request_invalid");
        check_refused(running, head + "-2\r\n{}\r\n0\r\n\r\n", 400, "request_invalid");
        check_refused(
            running, head + "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", 400, "request_invalid"
        );
        check_refused(running, head + std::string(40000, '0'), 400, "request_invalid");
        check_refused(running, head + "1;" + std::string(40000, 'x'), 400, "request_invalid");
        check_refused(running, head + "0\r\nT: " + std::string(40000, 'x'), 400, "request_invalid");
    }

    TEST_CASE("session: extensions and tiny chunks cannot make a body larger than its limit")
    {
        live_service running;
        std::string const head =
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n";
        std::string extended, tiny;
        for (int i = 0; i < 400; ++i)
            extended += "1;" + std::string(1000, 'x') + "\r\n \r\n";
        for (int i = 0; i < 60'000; ++i)
            tiny += "1\r\n \r\n";
        check_refused(running, head + extended, 413, "body_too_large");
        check_refused(running, head + tiny, 413, "body_too_large");
        connection one(running.port());
        auto const got = one.exchange(head + tiny.substr(0, 6U * 10'000U) + "0\r\n\r\n" + good_get);
        CHECK(got.status == 400);  // read to its end, and not JSON
        CHECK(one.receive().status == 200);
    }

    TEST_CASE("session: a request that asks for another protocol is answered as HTTP/1.1")
    {
        live_service running;
        connection one(running.port());
        for (std::string const& fields : std::vector<std::string>{
                 "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
                 "AAEAAEAA\r\n",
                 "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
                 "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
             }) {
            CAPTURE(fields);
            auto const got = one.exchange(
                "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"
            );
            CHECK(got.status == 200);
            CHECK(!got.says_close());
            CHECK(got.header("Upgrade").empty());
            CHECK(one.exchange(post_text("/inspect", R"({"token": ""})", fields)).status != 400);
        }
        auto const last = one.exchange("GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n"
                                       "Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n");
        CHECK(last.status == 200);
        CHECK(last.says_close());
    }

    TEST_CASE("session: bodies in flight have one budget, and 503 overloaded says when to try again"
    )
    {
        auto with = live_settings();
        with.limits.bodies_bytes = 1024U * 1024U;  // strangers: half
        live_service running(with);
        std::string const large =
            "POST /verify/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000000\r\n\r\n";
        connection slow(running.port());
        slow.send(large + std::string(400'000, ' '));
        auto const held = [&] {
            return running.app().shared().bodies.held(service::body_share::strangers);
        };
        for (int i = 0; i < 500 && held() < 400'000; ++i)
            std::this_thread::sleep_for(10ms);
        CHECK(held() >= 400'000);
        CHECK(held() <= 550'000);
        check_refused(running, large + std::string(200'000, ' '), 503, "overloaded");
        CHECK(ask(running.port(), large + std::string(200'000, ' ')).header("Retry-After") == "1");
        // A small body needs nothing of it.
        CHECK(ask(running.port(), post_text("/verify", "{}")).status == 400);
        slow.finish_sending();
        CHECK(slow.is_closed());
        for (int i = 0; i < 500 && held() != 0; ++i)
            std::this_thread::sleep_for(10ms);
        CHECK(held() == 0);
    }

    TEST_CASE("session: strangers' bodies leave room for callers, and an announced body takes none")
    {
        auto with = live_settings();
        with.limits.bodies_bytes = 1024U * 1024U;
        config::caller_settings caller;
        caller.name = "orders";
        caller.secret_sha256 = {sha256_of(std::string(40, 's'))};
        with.callers.push_back(caller);
        live_service running(with);
        auto const large = [](std::string_view fields) {
            return "POST /verify/batch HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Type: application/json\r\nContent-Length: 1000000\r\n"
                + std::string(fields) + "\r\n";
        };
        std::vector<std::unique_ptr<connection>> silent;
        for (int i = 0; i < 50; ++i) {
            silent.push_back(std::make_unique<connection>(running.port()));
            silent.back()->send(large(""));
        }
        connection slow(running.port());
        slow.send(large("") + std::string(400'000, ' '));
        auto& bodies = running.app().shared().bodies;
        for (int i = 0; i < 500 && bodies.held(service::body_share::strangers) < 400'000; ++i)
            std::this_thread::sleep_for(10ms);
        CHECK(bodies.held(service::body_share::strangers) < 600'000);
        CHECK(ask(running.port(), large("") + std::string(300'000, ' ')).status == 503);
        connection known(running.port());
        known.send(
            large("Authorization: Bearer " + std::string(40, 's') + "\r\n")
            + std::string(400'000, ' ')
        );
        for (int i = 0; i < 500 && bodies.held(service::body_share::callers) < 400'000; ++i)
            std::this_thread::sleep_for(10ms);
        CHECK(bodies.held(service::body_share::callers) >= 400'000);
    }

    TEST_CASE("session: Expect: 100-continue is answered before the body is read")
    {
        live_service running;
        connection one(running.port());
        one.send("POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        CHECK(one.receive().status == 100);
        one.send("{}");
        auto const got = one.receive();
        CHECK(got.status == 400);
        CHECK(!got.says_close());
    }

    TEST_CASE("session: a refusal with Expect: 100-continue asks for no body")
    {
        live_service running;
        check_refused(
            running,
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
            415, "media_type_unsupported"
        );
    }

    TEST_CASE("session: pipelined requests are answered in order")
    {
        live_service running;
        connection one(running.port());
        one.send(
            post_text("/verify", "{}") + good_get + post_text("/verify", "[]") + "\r\n" + good_get
        );
        CHECK(one.receive().status == 400);
        CHECK(one.receive().status == 200);
        CHECK(one.receive().status == 400);
        CHECK(one.receive().status == 200);
    }

    TEST_CASE("session: who sent one request says nothing about the next on its connection")
    {
        std::string const secret = "a secret of thirty-two characters";
        auto with = live_settings();
        config::caller_settings caller;
        caller.name = "orders";
        caller.secret_sha256 = {sha256_of(secret)};
        with.callers = {caller};
        live_service running(with);
        auto const as_caller = post_text("/sign", "{}", "Authorization: Bearer " + secret + "\r\n");
        auto const as_nobody = post_text("/sign", "{}");
        auto const as_another =
            post_text("/sign", "{}", "Authorization: Bearer " + secret + "x\r\n");
        for (auto const& last : {as_nobody, as_another}) {  // a refusal ends the connection
            connection one(running.port());
            one.send(as_caller + as_caller + last);
            for (unsigned const status : {400U, 400U, 401U})
                CHECK(one.receive().status == status);
        }
    }

    TEST_CASE("session: pipelined requests that arrive in pieces are answered in order")
    {
        live_service running;
        std::string all;
        for (int i = 0; i < 20; ++i)
            all += "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: r"
                + std::to_string(i) + "\r\n\r\n";
        connection one(running.port());
        for (std::size_t at = 0; at < all.size(); at += 700) {
            one.send(std::string_view(all).substr(at, 700));
            std::this_thread::sleep_for(5ms);
        }
        for (int i = 0; i < 20; ++i) {
            auto const got = one.receive();
            CHECK(got.status == 200);
            CHECK(got.header("X-Request-Id") == "r" + std::to_string(i));
        }
    }

    TEST_CASE("session: a head that does not end in time is 408 request_timeout")
    {
        live_service running(impatient());
        check_refused(running, "GET / HTTP/1.1\r\nHost:", 408, "request_timeout");
    }

    TEST_CASE("session: a head that arrives slowly is out of time too")
    {
        live_service running(impatient());
        connection one(running.port());
        for (int i = 0; i < 20; ++i) {
            one.send("G");
            std::this_thread::sleep_for(50ms);
        }
        CHECK(one.receive().status == 408);
    }

    TEST_CASE("session: a body that does not arrive in time is 408 request_timeout")
    {
        live_service running(impatient());
        check_refused(
            running,
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 9\r\n\r\n{",
            408, "request_timeout"
        );
    }

    TEST_CASE("session: a body that arrives slowly is out of time too, in chunks or not")
    {
        live_service running(impatient());
        std::string const head =
            "POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        for (auto const& [framing, piece] :
             {std::pair("Content-Length: 1000\r\n\r\n"s, " "s),
              std::pair("Transfer-Encoding: chunked\r\n\r\n"s, "1\r\n \r\n"s),
              std::pair("Transfer-Encoding: chunked\r\n\r\n0\r\n"s, "X: y\r\n"s)}) {
            connection one(running.port());
            one.send(head + framing);
            auto const began = std::chrono::steady_clock::now();
            for (int i = 0; i < 20; ++i) {
                one.send(piece);
                std::this_thread::sleep_for(50ms);
            }
            CHECK(one.receive().status == 408);
            CHECK(one.is_closed());
            CHECK(std::chrono::steady_clock::now() - began < 4s);
        }
    }

    TEST_CASE("session: an idle connection is closed without an answer, new or kept alive")
    {
        live_service running(impatient());
        connection fresh(running.port());
        CHECK(fresh.read_to_end().empty());
        connection kept(running.port());
        CHECK(kept.exchange(good_get).status == 200);
        CHECK(kept.read_to_end().empty());
    }

    TEST_CASE(
        "session: the last request that a connection may have is answered with Connection: close"
    )
    {
        auto with = live_settings();
        with.limits.requests_per_connection = 3;
        live_service running(with);
        connection one(running.port());
        CHECK(!one.exchange(good_get).says_close());
        CHECK(!one.exchange(good_get).says_close());
        CHECK(one.exchange(good_get).says_close());
        CHECK(one.is_closed());
    }

    TEST_CASE(
        "session: a connection beyond the limit is 503 overloaded, and a freed place is taken again"
    )
    {
        auto with = live_settings();
        with.limits.connections = 2;
        live_service running(with);
        {
            connection first(running.port()), second(running.port());
            CHECK(first.exchange(good_get).status == 200);
            CHECK(second.exchange(good_get).status == 200);
            check_refused(running, good_get, 503, "overloaded");
            CHECK(ask(running.port(), "").header("Retry-After") == "1");
            CHECK(get(running.admin_port(), "/livez").status == 200);
        }
        unsigned status = 0;
        for (int i = 0; i < 100 && status != 200; ++i) {
            status = ask(running.port(), good_get).status;
            std::this_thread::sleep_for(10ms);
        }
        CHECK(status == 200);
    }

    TEST_CASE("session: one address has its part of a listener's connections")
    {
        auto with = live_settings();
        with.limits.connections = 4;
        with.limits.connections_per_address = 2;
        live_service running(with);
        connection first(running.port()), second(running.port());
        CHECK(first.exchange(good_get).status == 200);
        CHECK(second.exchange(good_get).status == 200);
        check_refused(running, good_get, 503, "overloaded");
    }

    TEST_CASE("session: each listener counts for itself")
    {
        auto with = live_settings();
        with.limits.connections = 2;
        with.server.listen.push_back(with.server.listen.front());
        live_service running(with);
        connection first(running.port()), second(running.port());
        CHECK(first.exchange(good_get).status == 200);
        CHECK(second.exchange(good_get).status == 200);
        check_refused(running, good_get, 503, "overloaded");
        CHECK(ask(running.port(1), good_get).status == 200);
        CHECK(get(running.admin_port(), "/livez").status == 200);
    }

    TEST_CASE("session: on a full probes listener a connection that waits gives way to a new one")
    {
        auto with = live_settings();
        with.limits.admin_connections = 8;
        live_service running(with);
        std::string const live = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
        std::vector<std::unique_ptr<connection>> many;
        for (int i = 0; i < 40; ++i) {
            many.push_back(std::make_unique<connection>(running.probes_port()));
            CHECK(many.back()->exchange(live).status == 200);
        }
        CHECK(many.front()->is_closed());
        CHECK(many.back()->exchange(live).status == 200);
        auto const& metrics = running.app().shared().metrics;
        CHECK(metrics.value<"signet_connections">(service::listener_kind::probes) <= 8);
        many.clear();
        for (int i = 0; i < 40; ++i) {  // and those that never say a whole request
            many.push_back(std::make_unique<connection>(running.probes_port()));
            many.back()->send("GET");
        }
        CHECK(get(running.probes_port(), "/livez").status == 200);
        many.clear();
        for (int i = 0; i < 40; ++i) {  // and those that announce a body or do not read
            many.push_back(std::make_unique<connection>(running.probes_port()));
            std::string text =
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
            if (i % 2 == 0) {
                text.clear();
                for (int pipelined = 0; pipelined < 200; ++pipelined)
                    text += "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
            }
            many.back()->send(text);
        }
        CHECK(get(running.probes_port(), "/livez").status == 200);
    }

    TEST_CASE("session: HTTP/1.0 ends after its answer, unless it asks for keep-alive")
    {
        live_service running;
        connection plain(running.port());
        CHECK(plain.exchange("GET /.well-known/jwks.json HTTP/1.0\r\n\r\n").says_close());
        CHECK(plain.is_closed());
        connection kept(running.port());
        std::string const again =
            "GET /.well-known/jwks.json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        CHECK(kept.exchange(again).header("Connection") == "keep-alive");
        CHECK(kept.exchange(again).status == 200);
    }

    TEST_CASE("session: a caller's request id is kept when it is fit, and replaced when it is not")
    {
        live_service running;
        auto const id = [&](std::string const& sent) {
            return get(running.port(), "/nowhere", "X-Request-Id: " + sent + "\r\n")
                .header("X-Request-Id");
        };
        CHECK(id("abc.DEF_1-2") == "abc.DEF_1-2");
        CHECK(id(std::string(64, 'a')) == std::string(64, 'a'));
        for (std::string const& sent : std::vector<std::string>{
                 std::string(65, 'a'), std::string("a b"), std::string("a\"b"),
                 std::string("\xc3\xa9")}) {
            CAPTURE(sent);
            CHECK(id(sent) != sent);
            CHECK(id(sent).size() == 16);
        }
        auto const body = get(running.port(), "/nowhere", "X-Request-Id: seen\r\n").body;
        CHECK(body.find(R"("request_id":"seen")") != std::string::npos);
    }

    TEST_CASE("session: every answer has the headers against caching and sniffing")
    {
        live_service running;
        auto const got = get(running.port(), "/nowhere");
        CHECK(got.header("Cache-Control") == "no-store");
        CHECK(got.header("X-Content-Type-Options") == "nosniff");
        CHECK(got.header("Access-Control-Allow-Origin").empty());
        CHECK(got.header("X-Signet-Mode").empty());
    }

    TEST_CASE("session: development mode says so in every answer")
    {
        auto with = live_settings();
        with.dev = true;
        live_service running(with);
        CHECK(get(running.port(), "/nowhere").header("X-Signet-Mode") == "development");
    }

    TEST_CASE("session: open development mode says that anybody can sign")
    {
        auto with = live_settings();
        with.dev = true;
        with.development.is_open = true;
        live_service running(with);
        CHECK(
            get(running.port(), "/nowhere").header("X-Signet-Mode")
            == "development; anybody who reaches this port can sign"
        );
    }

    TEST_CASE("session: HEAD is GET without the body")
    {
        live_service running;
        connection one(running.port());
        one.send("HEAD /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
        auto const got = one.receive(true);
        CHECK(got.status == 200);
        CHECK(got.header("Content-Length") == std::to_string(one.exchange(good_get).body.size()));
    }

    TEST_CASE("session: /auth never reads a body: one that is announced ends the connection")
    {
        live_service running;
        connection one(running.port());
        auto const got =
            one.exchange("POST /auth HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
            );
        CHECK(got.status != 0);
        CHECK(got.says_close());
        connection two(running.port());
        CHECK(!two.exchange(
                      "DELETE /auth?x=y HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: br\r\n\r\n"
        )
                   .says_close());
    }

    TEST_CASE("session: a large answer to a slow reader arrives whole")
    {
        live_service running;
        connection one(running.port());
        std::string many;
        for (int i = 0; i < 2000; ++i)
            many += "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n";
        std::thread sender([&] { one.send(many); });
        for (int i = 0; i < 2000; ++i)
            REQUIRE(one.receive().status == 200);
        sender.join();
    }
}

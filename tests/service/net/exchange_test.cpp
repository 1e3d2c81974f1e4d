#include "service/net/exchange.hpp"
#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/scripted_origin.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace tests;

namespace {

timed_fetch fetch_from(scripted_origin const& from)
{
    return run_fetch(target_of(from.url()));
}

timed_fetch fetch_of(std::string octets, ending then = ending::close)
{
    scripted_origin const from(script{std::move(octets), then});
    return fetch_from(from);
}

}  // namespace

TEST_SUITE("service/net/exchange")
{
    TEST_CASE("fetch: a good answer -> status, body and the fields that a cache needs")
    {
        scripted_origin const from(
            ok(R"({"keys":[]})",
               "ETag: \"one\"\r\nLast-Modified: Mon, 02 Mar 2026 08:00:00 GMT\r\n"
               "Cache-Control: public\r\nCache-Control: max-age=600\r\nAge: 30\r\n"
               "Content-Type: application/jwk-set+json\r\n")
        );
        auto const got = fetch_from(from);
        REQUIRE_MESSAGE(got.has_answer(), got.sentence());
        CHECK(got.result->status == 200);
        CHECK(got.result->body == R"({"keys":[]})");
        CHECK(got.result->etag == "\"one\"");
        CHECK(got.result->last_modified == "Mon, 02 Mar 2026 08:00:00 GMT");
        CHECK(got.result->cache_control == "public, max-age=600");
        CHECK(got.result->content_type == "application/jwk-set+json");
        CHECK(got.result->age == 30s);
    }

    TEST_CASE("fetch: the request -> conditions, configured headers, no kept connection, no coding")
    {
        scripted_origin const from(ok("{}"));
        auto target = target_of(from.url());
        target.headers = {{"X-Api-Key", "abc"}};
        auto const got = run_fetch(target, {"\"one\"", "Mon, 02 Mar 2026 08:00:00 GMT"});
        REQUIRE_MESSAGE(got.has_answer(), got.sentence());
        auto const head = from.heads().at(0);
        CHECK(head.starts_with("GET /jwks HTTP/1.1\r\n"));
        auto const port = std::to_string(from.port());
        for (std::string const& line :
             {"Host: 127.0.0.1:" + port, std::string("If-None-Match: \"one\""),
              std::string("If-Modified-Since: Mon, 02 Mar 2026 08:00:00 GMT"),
              std::string("X-Api-Key: abc"), std::string("Connection: close"),
              std::string("Accept-Encoding: identity")})
            CHECK_MESSAGE(head.find("\r\n" + line + "\r\n") != std::string::npos, line);
    }

    TEST_CASE("fetch: nothing to compare with -> no conditional field")
    {
        scripted_origin const from(ok("{}"));
        REQUIRE(fetch_from(from).has_answer());
        CHECK(from.heads().at(0).find("If-") == std::string::npos);
    }

    TEST_CASE("fetch: a condition that would end its field -> is not sent")
    {
        scripted_origin const from(ok("{}"));
        auto const got = run_fetch(target_of(from.url()), {"\"a\"\r\nX-Evil: 1", ""});
        REQUIRE(got.has_answer());
        CHECK(from.heads().at(0).find("Evil") == std::string::npos);
    }

    TEST_CASE("fetch: a 304 -> an answer without body, with the fields that it renews")
    {
        auto const got = fetch_of("HTTP/1.1 304 Not Modified\r\nETag: \"two\"\r\n"
                                  "Content-Length: 512\r\nCache-Control: max-age=5\r\n\r\n");
        CHECK(got.status() == 304);
        REQUIRE(got.has_answer());
        CHECK(got.result->etag == "\"two\"");
        CHECK(got.result->cache_control == "max-age=5");
    }

    TEST_CASE("fetch: any other status -> an answer at once, its body is not waited for")
    {
        auto const got = fetch_of(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000000000\r\n\r\nsick",
            ending::hold
        );
        CHECK(got.status() == 503);
        REQUIRE(got.has_answer());
        CHECK(got.result->body.empty());
    }

    TEST_CASE("fetch: a body in chunks, or up to the end of the connection -> all of it")
    {
        auto const chunked = fetch_of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n"
        );
        REQUIRE(chunked.has_answer());
        CHECK(chunked.result->body == "{} ");
        auto const to_the_end = fetch_of("HTTP/1.0 200 OK\r\n\r\n{}");
        REQUIRE(to_the_end.has_answer());
        CHECK(to_the_end.result->body == "{}");
    }

    TEST_CASE("fetch: interim answers before the answer -> are passed over, but not for ever")
    {
        std::string const hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
        CHECK(fetch_of(hints + "HTTP/1.1 100 Continue\r\n\r\n" + ok("{}")).status() == 200);
        CHECK(fetch_of(hints + hints + hints + hints + hints + ok("{}")).error() == "protocol");
    }

    TEST_CASE("fetch: Age -> seconds; no number is 0, one that is too large is the largest")
    {
        auto const age = [](std::string const& text) {
            auto const got = fetch_of(ok("{}", "Age: " + text + "\r\n"));
            REQUIRE(got.has_answer());
            return got.result->age;
        };
        CHECK(age("0") == 0s);
        CHECK(age("-5") == 0s);
        CHECK(age("5x") == 0s);
        CHECK(age("5, 9") == 5s);
        CHECK(age("99999999999999999999") == std::chrono::seconds(std::int64_t{1} << 31));
    }

    TEST_CASE("fetch: a redirect -> redirect, and nobody goes there")
    {
        scripted_origin const elsewhere(ok("{}"));
        for (auto const status : {"301", "302", "303", "307", "308"}) {
            auto const got = fetch_of(
                "HTTP/1.1 " + std::string(status) + " X\r\nLocation: " + elsewhere.url()
                + "\r\nContent-Length: 0\r\n\r\n"
            );
            CHECK_MESSAGE(got.error() == "redirect", status);
        }
        CHECK(elsewhere.heads().empty());
    }

    TEST_CASE(
        "fetch: a body of body_bytes_max -> an answer; one more, announced or not -> too_large"
    )
    {
        std::string const most(1000, 'x');
        auto const get = [](std::string octets, ending then) {
            scripted_origin const from(script{std::move(octets), then});
            auto target = target_of(from.url());
            target.body_bytes_max = 1000;
            return run_fetch(target);
        };
        CHECK(get(ok(most), ending::hold).status() == 200);
        CHECK(get(ok(most + "x"), ending::hold).error() == "too_large");
        CHECK(get("HTTP/1.1 200 OK\r\n\r\n" + most, ending::close).status() == 200);
        CHECK(get("HTTP/1.1 200 OK\r\n\r\n" + most + "x", ending::hold).error() == "too_large");
        CHECK(
            get("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + most + "x",
                ending::hold)
                .error()
            == "too_large"
        );
    }

    TEST_CASE("fetch: no HTTP, or an answer that is cut -> protocol")
    {
        for (std::string const octets :
             {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/3 200 OK\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
            CHECK_MESSAGE(fetch_of(octets).error() == "protocol", octets);
        CHECK(
            fetch_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", ending::reset).error()
            == "protocol"
        );
    }

    TEST_CASE("fetch: a coded body, which was not asked for -> protocol")
    {
        CHECK(fetch_of(ok("\x1f\x8b", "Content-Encoding: gzip\r\n")).error() == "protocol");
        CHECK(fetch_of(ok("{}", "Content-Encoding: identity\r\n")).status() == 200);
    }
}

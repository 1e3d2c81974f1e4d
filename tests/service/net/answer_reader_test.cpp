#include "tests/service/net/one_fetch.hpp"
#include "tests/service/net/scripted_origin.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace tests;

namespace {

timed_fetch fetch_of(std::string octets, ending then = ending::close)
{
    scripted_origin const from(script{std::move(octets), then});
    return run_fetch(target_of(from.url()));
}

}  // namespace

TEST_SUITE("service/net/answer_reader")
{
    TEST_CASE("fetch: framing without end -> too_large, however little of it is body")
    {
        std::string const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        std::string const much(1'000'000, 'a');
        auto const repeated = [](std::string_view one, int times) {
            std::string all;
            for (int i = 0; i < times; ++i)
                all += one;
            return all;
        };
        auto const end = "0\r\n\r\n";
        for (auto const& octets :
             {"1;" + much,                              // a chunk's extension
              "1;" + much + "\r\nx\r\n" + end,          // that ends
              std::string(1'000'000, '0'),              // a chunk's size
              "0\r\nX: " + much,                        // a trailer
              "0\r\n" + repeated("X: y\r\n", 150'000),  // trailers
              repeated("1\r\nx\r\n", 150'000) + end,    // byte by byte
              repeated("1;" + std::string(8000, 'a') + "\r\nx\r\n", 100) + end}) {
            auto const got = fetch_of(chunked + octets, ending::hold);
            CHECK_MESSAGE(got.error() == "too_large", octets.substr(0, 20) << got.sentence());
        }
        auto const hint = "HTTP/1.1 103 Early Hints\r\nX: " + std::string(15000, 'x') + "\r\n\r\n";
        CHECK(fetch_of(hint + hint + hint + hint + hint, ending::hold).error() == "too_large");
    }

    TEST_CASE("fetch: framing of an ordinary size -> an answer")
    {
        std::string body, octets = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 4000; ++i) {  // 250 KiB in chunks of 64
            body += std::string(64, 'x');
            octets += "40\r\n" + std::string(64, 'x') + "\r\n";
        }
        octets += "0;last=yes\r\nX-Checksum: " + std::string(4000, 'c') + "\r\n\r\n";
        auto const got = fetch_of(octets);
        REQUIRE_MESSAGE(got.has_answer(), got.sentence());
        CHECK(got.result->body == body);
    }

    TEST_CASE("fetch: fields in trailers -> are not the answer's fields")
    {
        auto const got = fetch_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                  "ETag: \"one\"\r\n\r\n2\r\n{}\r\n0\r\nETag: \"two\"\r\n"
                                  "Cache-Control: max-age=9\r\nAge: 5\r\n\r\n");
        REQUIRE_MESSAGE(got.has_answer(), got.sentence());
        CHECK(got.result->body == "{}");
        CHECK(got.result->etag == "\"one\"");
        CHECK(got.result->cache_control.empty());
        CHECK(got.result->age == 0s);
    }

    TEST_CASE("fetch: bytes after the answer -> are not read")
    {
        CHECK(fetch_of(ok("{}") + std::string(100'000, 'x'), ending::hold).status() == 200);
    }

    TEST_CASE("fetch: a head of more than 16 KiB -> too_large")
    {
        auto const field = "X-Padding: " + std::string(20000, 'x') + "\r\n";
        CHECK(fetch_of(ok("{}", field), ending::hold).error() == "too_large");
        CHECK(fetch_of("HTTP/1.1 200 OK\r\n" + field, ending::hold).error() == "too_large");
        std::string many;
        for (int i = 0; i < 2000; ++i)
            many += "X-Padding: y\r\n";
        CHECK(fetch_of(ok("{}", many), ending::hold).error() == "too_large");
        auto const half = "X-Padding: " + std::string(8500, 'x') + "\r\n";
        CHECK(fetch_of(ok("{}", half + half), ending::hold).error() == "too_large");
        auto const fits = "X-Padding: " + std::string(15000, 'x') + "\r\n";
        CHECK(fetch_of(ok("{}", fits)).status() == 200);
    }
}

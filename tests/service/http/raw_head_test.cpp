#include "service/http/raw_head.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace service::http;
using core::errc;
using namespace std::string_literals;

namespace {

/// A head that is fine but for the given lines.
std::string head_with(std::string_view lines)
{
    return "POST /verify HTTP/1.1\r\nHost: localhost\r\n" + std::string(lines) + "\r\n";
}

std::optional<core::failure> scan(std::string const& head, std::size_t fields_max = 64)
{
    raw_head into;
    return scan_head(head, fields_max, into);
}

bool is_refused(std::string const& head)
{
    auto const problem = scan(head);
    return problem && problem->code == errc::request_invalid;
}

bool is_refused_with(std::string_view lines)
{
    return is_refused(head_with(lines));
}

}  // namespace

TEST_SUITE("service/http/raw_head")
{
    TEST_CASE("find_head: complete at the empty line, however the bytes arrive")
    {
        std::string const head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        auto const whole = find_head(head + "GET /next");
        CHECK(whole.progress == head_progress::complete);
        CHECK(whole.size == head.size());
        std::size_t seen = 0;
        for (std::size_t size = 1; size < head.size(); ++size) {
            auto const part = find_head(std::string_view(head).substr(0, size), seen);
            REQUIRE(part.progress == head_progress::incomplete);
            seen = part.size;
        }
        CHECK(find_head(head, seen).size == head.size());
    }

    TEST_CASE("find_head: a line that ends without CR, or a first byte that no method has, is "
              "broken at once")
    {
        CHECK(find_head("GET / HTTP/1.1\n").progress == head_progress::broken);
        CHECK(find_head("GET / HTTP/1.1\r\nHost: a\n\r\n").progress == head_progress::broken);
        CHECK(find_head("\n").progress == head_progress::broken);
        CHECK(find_head("\x16\x03\x01").progress == head_progress::broken);
        CHECK(find_head(" GET / HTTP/1.1").progress == head_progress::broken);
    }

    TEST_CASE("scan_head: method, path, query and fields are views of what was sent")
    {
        raw_head head;
        std::string const text =
            "GET /readyz?verbose=1?x HTTP/1.1\r\nHost: a:80\r\nX-One:  two \t\r\n\r\n";
        REQUIRE(!scan_head(text, 64, head));
        CHECK(head.method == "GET");
        CHECK(head.path == "/readyz");
        CHECK(head.query == "verbose=1?x");
        CHECK(head.host == "a:80");
        REQUIRE(head.fields.size() == 2);
        CHECK(head.fields[1].name == "X-One");
        CHECK(head.fields[1].value == "two");
        CHECK(head.keep_alive);
        CHECK(!head.announces_body());
    }

    TEST_CASE("scan_head: a second scan into the same head forgets the first")
    {
        raw_head head;
        std::string const first =
            head_with("Transfer-Encoding: chunked\r\nConnection: close\r\nExpect: 100-continue\r\n"
            );
        std::string const second = "GET / HTTP/1.1\r\nHost: b\r\n\r\n";
        REQUIRE(!scan_head(first, 64, head));
        CHECK(head.is_chunked);
        CHECK(!head.keep_alive);
        CHECK(head.expects_continue);
        REQUIRE(!scan_head(second, 64, head));
        CHECK(!head.is_chunked);
        CHECK(head.keep_alive);
        CHECK(!head.expects_continue);
        CHECK(head.fields.size() == 1);
    }

    TEST_CASE("scan_head: obs-fold is request_invalid")
    {
        CHECK(is_refused_with("X-A: one\r\n two\r\n"));
        CHECK(is_refused_with("X-A: one\r\n\ttwo\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n"));
    }

    TEST_CASE("scan_head: bare CR, NUL and control bytes are request_invalid")
    {
        CHECK(is_refused_with("X-A: one\rtwo\r\n"));
        CHECK(is_refused_with("X-A: one\0two\r\n"s));
        CHECK(is_refused_with("X-A: \x01\r\n"));
        CHECK(is_refused_with("X-A: \x7f\r\n"));
        CHECK(is_refused("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s));
        CHECK(is_refused("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n"));
        CHECK(!scan(head_with("X-A: tab\there, and \xc3\xa9\r\n")));
    }

    TEST_CASE(
        "scan_head: a name that is not a token, or white space before the colon, is request_invalid"
    )
    {
        CHECK(is_refused_with("X-A : one\r\n"));
        CHECK(is_refused_with("X-A\t: one\r\n"));
        CHECK(is_refused_with(": one\r\n"));
        CHECK(is_refused_with("X-A\r\n"));
        CHECK(is_refused_with("X(A): one\r\n"));
    }

    TEST_CASE(
        "scan_head: Transfer-Encoding is exactly `chunked`, without Content-Length, on HTTP/1.1"
    )
    {
        CHECK(!scan(head_with("Transfer-Encoding: chunked\r\n")));
        for (std::string_view value :
             {"xchunked", "chunked, identity", "identity", "gzip, chunked", "Chunked",
              "\"chunked\"", "chunked,", "", "chunked;q=1"}) {
            CAPTURE(value);
            CHECK(is_refused_with("Transfer-Encoding: " + std::string(value) + "\r\n"));
        }
        CHECK(is_refused_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
        CHECK(is_refused_with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"));
        CHECK(is_refused_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"));
        CHECK(is_refused("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    }

    TEST_CASE("scan_head: Content-Length is one plain number")
    {
        CHECK(!scan(head_with("Content-Length: 3\r\n")));
        CHECK(!scan(head_with("Content-Length: 0\r\n")));
        for (std::string_view value :
             {"3, 3", "+3", "-3", "3 3", "0x3", "3.0", "", "03", "18446744073709551616", "three"}) {
            CAPTURE(value);
            CHECK(is_refused_with("Content-Length: " + std::string(value) + "\r\n"));
        }
        CHECK(is_refused_with("Content-Length: 3\r\nContent-Length: 3\r\n"));
        CHECK(is_refused_with("Content-Length: 3\r\ncontent-length: 4\r\n"));
    }

    TEST_CASE("scan_head: Upgrade is ignored, together with what Connection names")
    {
        raw_head head;
        auto const text = head_with(
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"
            "X-A: kept\r\nhttp2-settings: again\r\n"
        );
        REQUIRE(!scan_head(text, 64, head));
        CHECK(head.keep_alive);
        REQUIRE(head.fields.size() == 3);
        CHECK(head.fields[0].name == "Host");
        CHECK(head.fields[1].name == "Connection");
        CHECK(head.fields[2].name == "X-A");
        for (std::string_view lines :
             {"Upgrade: websocket\r\nConnection: upgrade\r\n", "Upgrade: TLS/1.2\r\n",
              "Upgrade: h2c, websocket\r\nUpgrade: x\r\nConnection: keep-alive, Upgrade\r\n"}) {
            CAPTURE(lines);
            CHECK(!scan(head_with(lines)));
        }
    }

    TEST_CASE("scan_head: a field that Connection names is gone, wherever it is said")
    {
        raw_head head;
        auto const text = head_with("X-Request-Id: a\r\nConnection: , x-request-id ,,\r\nTE: a\r\n"
                                    "Connection: te\r\n");
        REQUIRE(!scan_head(text, 64, head));
        CHECK(head.fields.size() == 3);
        for (auto const& one : head.fields)
            CHECK((one.name == "Host" || one.name == "Connection"));
    }

    TEST_CASE("scan_head: Connection may not name what frames a request or decides about it")
    {
        for (std::string_view name :
             {"Host", "content-length", "Transfer-Encoding", "Content-Type", "Content-Encoding",
              "Expect", "Authorization", "Proxy-Authorization", "Cookie", "Origin",
              "Sec-Fetch-Site", "Forwarded", "X-Forwarded-For", "X-Forwarded-Uri", "X-Original-URL",
              "X-Real-IP"}) {
            CAPTURE(name);
            CHECK(is_refused_with("Connection: " + std::string(name) + "\r\n"));
            CHECK(is_refused_with("Connection: close, " + std::string(name) + ", Upgrade\r\n"));
        }
        CHECK(!scan(head_with("Connection: Hosts, X-Authorization, Contents\r\n")));
    }

    TEST_CASE("scan_head: Connection names 16 fields, one more is request_invalid")
    {
        auto const naming = [](int count) {
            std::string line = "Connection: close";
            for (int i = 0; i < count; ++i)
                line += ", a" + std::to_string(i);
            return line + "\r\n";
        };
        CHECK(!scan(head_with(naming(16))));
        CHECK(is_refused_with(naming(17)));
        CHECK(is_refused_with(naming(9) + naming(9)));
    }

    TEST_CASE("scan_head: an Expect of anything but 100-continue is request_invalid")
    {
        CHECK(is_refused_with("Expect: 200-ok\r\n"));
        CHECK(!scan(head_with("Expect: 100-Continue\r\n")));
    }

    TEST_CASE("scan_head: exactly one Host, which HTTP/1.0 may omit")
    {
        CHECK(is_refused("GET / HTTP/1.1\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\nHost:\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"));
        CHECK(is_refused("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"));
        CHECK(!scan("GET / HTTP/1.0\r\n\r\n"));
        CHECK(!scan("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"));
    }

    TEST_CASE("scan_head: an absolute target must name the Host")
    {
        raw_head head;
        REQUIRE(!scan_head("GET http://A:80/livez?x HTTP/1.1\r\nHost: a:80\r\n\r\n", 64, head));
        CHECK(head.path == "/livez");
        CHECK(head.query == "x");
        CHECK(is_refused("GET http://b/livez HTTP/1.1\r\nHost: a\r\n\r\n"));
        CHECK(is_refused("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"));
        CHECK(is_refused("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n"));
        CHECK(is_refused("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"));
        CHECK(is_refused("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"));
        CHECK(is_refused("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    TEST_CASE("scan_head: a request line of anything but three parts and a known version is "
              "request_invalid")
    {
        for (std::string_view line :
             {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", "GET / HTTP/2.0",
              "GET / HTTP/1.2", "GET / http/1.1", "G(T / HTTP/1.1", "GET"}) {
            CAPTURE(line);
            CHECK(is_refused(std::string(line) + "\r\nHost: a\r\n\r\n"));
        }
    }

    TEST_CASE("scan_head: one field more than the limit is head_too_large")
    {
        std::string lines;
        for (int i = 0; i < 63; ++i)
            lines += "X-A: b\r\n";
        CHECK(!scan(head_with(lines)));
        auto const problem = scan(head_with(lines + "X-A: b\r\n"));
        REQUIRE(problem);
        CHECK(problem->code == errc::head_too_large);
    }

    TEST_CASE("scan_head: Connection decides on keep-alive, by version")
    {
        raw_head head;
        REQUIRE(!scan_head("GET / HTTP/1.0\r\n\r\n", 64, head));
        CHECK(!head.keep_alive);
        REQUIRE(!scan_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 64, head));
        CHECK(head.keep_alive);
        REQUIRE(!scan_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: te, CLOSE\r\n\r\n", 64, head));
        CHECK(!head.keep_alive);
        for (std::string_view version : {"1.0", "1.1"})
            for (std::string_view lines :
                 {"Connection: close, keep-alive\r\n",
                  "Connection: close\r\nConnection: Upgrade, keep-alive\r\n"}) {
                auto const text = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n"
                    + std::string(lines) + "\r\n";
                REQUIRE(!scan_head(text, 64, head));
                CHECK(!head.keep_alive);
            }
    }

    TEST_CASE("scan_head: several Authorization fields are counted, for the route to refuse")
    {
        raw_head head;
        std::string const text =
            head_with("Authorization: Bearer a\r\nauthorization: Bearer b\r\n");
        REQUIRE(!scan_head(text, 64, head));
        CHECK(head.authorizations == 2);
    }
}

#include "service/http/body_buffer.hpp"
#include "service/http/body_parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace service::http;
using core::errc;

namespace {

std::string const chunked_head =
    "POST /verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct outcome {
    std::optional<errc> refused;
    std::string body;
    std::size_t taken = 0;  // raw bytes, of the refused piece too
    bool is_done = false;
};

/// Feeds a body in pieces, as a session does: what is not used comes again with what arrives next.
outcome read(std::string const& body, std::size_t piece, std::uint64_t body_max = 1000)
{
    body_parser parser;
    REQUIRE(!parser.begin(chunked_head, body_max));
    outcome got;
    std::string waiting;
    while (got.taken < body.size() && !parser.is_done()) {
        auto const size = std::min(piece, body.size() - got.taken);
        waiting += body.substr(got.taken, size);
        got.taken += size;
        std::size_t used = 0;
        if (auto problem = parser.feed(waiting, used)) {
            got.refused = problem->code;
            return got;
        }
        waiting.erase(0, used);
    }
    got.body = parser.body();
    got.is_done = parser.is_done();
    return got;
}

std::string tiny_chunks(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "1\r\nx\r\n";
    return text + "0\r\n\r\n";
}

}  // namespace

TEST_SUITE("service/http/body_parser")
{
    TEST_CASE("feed: a chunked body is the same however it is cut")
    {
        std::string const text = "5;a=b\r\nhello\r\n1\r\n!\r\n0;c\r\nTrailer: x\r\n\r\n";
        for (std::size_t piece = 1; piece <= text.size(); ++piece) {
            auto const got = read(text, piece);
            CHECK(got.is_done);
            CHECK(got.body == "hello!");
        }
    }

    TEST_CASE("feed: endless extensions or trailers are refused, and little of them is read")
    {
        for (std::string const& begin :
             {std::string("1;x="), std::string("0\r\nT: "), std::string("0\r\n"), std::string("0;"),
              std::string("1\r\nx\r\n")}) {
            for (std::size_t const piece :
                 {std::size_t{1}, std::size_t{700}, std::size_t{100'000}}) {
                CAPTURE(begin);
                CAPTURE(piece);
                auto const fill = begin == "0\r\n" ? "Trailer: y\r\n" : "aaaaaaaaaaaa";
                std::string text = begin;
                while (text.size() < 300'000)
                    text += fill;
                auto const got = read(text, piece);
                CHECK(got.refused.has_value());
                CHECK(got.taken <= std::max<std::size_t>(piece, 8192));
            }
        }
    }

    TEST_CASE("feed: one long extension is refused whether it comes at once or in pieces")
    {
        auto const with = [](std::size_t size) {
            return "1;" + std::string(size, 'a') + "\r\nx\r\n0\r\n\r\n";
        };
        for (std::size_t const piece : {std::size_t{1}, std::size_t{100'000}}) {
            CHECK(read(with(1000), piece).is_done);
            CHECK(read(with(6000), piece).refused == errc::request_invalid);
        }
    }

    TEST_CASE("feed: trailers of more than 4 KiB are refused whether at once or in pieces")
    {
        auto const with = [](std::size_t count) {
            std::string text = "1\r\nx\r\n0\r\n";
            for (std::size_t i = 0; i < count; ++i)
                text += "Trailer-Name: and its value\r\n";
            return text + "\r\n";
        };
        for (std::size_t const piece : {std::size_t{1}, std::size_t{100'000}}) {
            CHECK(read(with(20), piece).is_done);
            CHECK(read(with(300), piece).refused == errc::request_invalid);
        }
    }

    TEST_CASE("feed: many small extensions or tiny chunks are body_too_large beyond the allowance")
    {
        CHECK(chunked_octets_max(1000) == 1000 + 125 + 4096);
        CHECK(read(tiny_chunks(800), 16384).is_done);
        CHECK(read(tiny_chunks(1000), 16384).refused == errc::body_too_large);
        CHECK(read(tiny_chunks(1000), 1).refused == errc::body_too_large);
        std::string text;
        for (int i = 0; i < 100; ++i)
            text += "1;" + std::string(200, 'e') + "\r\nx\r\n";
        auto const got = read(text + "0\r\n\r\n", 512);
        CHECK(got.refused == errc::body_too_large);
        CHECK(got.taken < 6000);
    }

    TEST_CASE("feed: what follows the body is not counted as the body's")
    {
        body_parser parser;
        REQUIRE(!parser.begin(chunked_head, 10));
        std::size_t used = 0;
        std::string const body = "2\r\n{}\r\n0\r\n\r\n";
        CHECK(!parser.feed(body + std::string(50'000, 'G'), used));
        CHECK(used == body.size());
        CHECK(parser.is_done());
    }

    TEST_CASE("memory_for: follows what arrived, not what was announced")
    {
        body_parser parser;
        REQUIRE(!parser.begin(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 1'048'576
        ));
        CHECK(parser.memory() <= body_buffer::small);
        std::size_t used = 0;
        std::string const piece(10'000, 'x');
        for (std::size_t size = 10'000; size <= 1'000'000; size += piece.size()) {
            auto const said = parser.memory_for(piece.size());
            CHECK(!parser.feed(piece, used));
            CHECK(parser.memory() == said);
            CHECK(parser.memory() >= size);
            CHECK(parser.memory() <= size + size / 4 + 1024);
        }
        CHECK(parser.is_done());
        CHECK(parser.memory() == 1'000'000);
        CHECK(parser.body().size() == 1'000'000);
        parser.release();
        CHECK(parser.memory() <= body_buffer::small);
        CHECK(parser.body().empty());
    }
}

TEST_SUITE("service/http/body_buffer")
{
    TEST_CASE("clear: a small piece of memory stays for the next body")
    {
        body_buffer body;
        body.append("abc");
        body.append("def");
        CHECK(body.view() == "abcdef");
        auto const kept = body.capacity();
        body.clear();
        CHECK(body.view().empty());
        CHECK(body.capacity() == kept);
        body.append(std::string(5000, 'x'));
        body.clear();
        CHECK(body.capacity() == 0);
    }
}

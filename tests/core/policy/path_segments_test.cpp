#include "core/policy/path_segments.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace core;

namespace {

std::vector<std::string> segments_of(std::string_view path)
{
    std::vector<std::string> all;
    while (!path.empty())
        all.emplace_back(take_segment(path));
    return all;
}

std::string decoded(std::string_view path)
{
    std::string memory = "old";
    return std::string(decoded_path(path, memory).value_or("(refused)"));
}

}  // namespace

TEST_SUITE("core/policy/path_segments")
{
    TEST_CASE("take_segment: a slash at the end is followed by an empty segment")
    {
        using list = std::vector<std::string>;
        CHECK(segments_of("/") == list{""});
        CHECK(segments_of("/a") == list{"a"});
        CHECK(segments_of("/a/") == list{"a", ""});
        CHECK(segments_of("/a/b") == list{"a", "b"});
        CHECK(segments_of("//") == list{"", ""});
    }

    TEST_CASE("decoded_path: each %XX once, in either case")
    {
        CHECK(decoded("/a") == "/a");
        CHECK(decoded("/%61%2D%2d/x%7E") == "/a--/x~");
        CHECK(decoded("/%C3%a9") == "/\xc3\xa9");
        CHECK(decoded("/%00") == std::string("/\0", 2));
    }

    TEST_CASE("decoded_path: an encoded slash, backslash or percent, or half an escape -> nothing")
    {
        for (auto const* path :
             {"/a%2fb", "/a%2Fb", "/%5c", "/%5C", "/%25", "/%252e", "/%", "/%4", "/%4g", "/%g4",
              "/%u002f", "/%%41", "/a%2"}) {
            CAPTURE(path);
            CHECK(decoded(path) == "(refused)");
        }
    }

    TEST_CASE("decoded_path: a path without escapes needs no memory")
    {
        std::string memory;
        std::string_view const path = "/orders/1";
        auto const same = decoded_path(path, memory);
        REQUIRE(same.has_value());
        CHECK(same->data() == path.data());
        CHECK(memory.empty());
    }
}

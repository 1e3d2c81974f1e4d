#include "core/policy/original_request.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

/// "PATH QUERY" of a target, or the code of its refusal.
std::string reading(std::string_view target)
{
    original_request request;
    auto const read = read_target(target, request);
    if (!read) {
        CHECK(request.path.empty());
        return std::string(to_string(read.error().code));
    }
    return std::string(request.path) + " " + std::string(request.query);
}

}  // namespace

TEST_SUITE("core/policy/original_request")
{
    TEST_CASE("read_target: the path ends at the first question mark")
    {
        CHECK(reading("/") == "/ ");
        CHECK(reading("/orders/1") == "/orders/1 ");
        CHECK(reading("/orders/") == "/orders/ ");
        CHECK(reading("/a?") == "/a ");
        CHECK(reading("/a?b=c?d") == "/a b=c?d");
        CHECK(reading("/?x=//;..%2f") == "/ x=//;..%2f");
    }

    TEST_CASE("read_target: what has one reading stays as it was sent")
    {
        for (std::string const path :
             {"/a%20b", "/%61", "/caf%C3%A9", "/a+b", "/a:b@c", "/a.b", "/...", "/.well-known/x",
              "/a..", "/~me", "/a,b=c", "/(a)", "/a|b", "/%E2%82%AC"}) {
            CAPTURE(path);
            CHECK(reading(path) == path + " ");
        }
    }

    TEST_CASE("read_target: a path that could be read in two ways -> path_forbidden")
    {
        for (auto const* path : {
                 "/a%2fb",  "/a%2Fb", "/a\\b",     "/a%5cb",  "/a%5Cb",    "/a;b",
                 "/a;/b",   "/a%3bb", "/a%3B",     "//",      "//a",       "/a//b",
                 "/a//",    "/.",     "/..",       "/./a",    "/a/../b",   "/a/..",
                 "/a/.",    "/%2e",   "/%2E%2e/a", "/.%2e/a", "/a/%2E./b", "/%25",
                 "/%252e",  "/a%00b", "/a%0ab",    "/a%1f",   "/a%7f",     "/%",
                 "/%4",     "/%zz",   "/a\x01",    "/a\x7f",  "/a b",      "/caf\xc3\xa9",
                 "/%c0%af", "/%ff",   "/%C3",      "/a\tb",   "/a\r\nb",   "/%ed%a0%80",
             }) {
            CAPTURE(path);
            CHECK(reading(path) == "path_forbidden");
            CHECK(reading(std::string(path) + "?q") == "path_forbidden");
        }
    }

    TEST_CASE("read_target: not a path, with a fragment or too long -> path_forbidden")
    {
        for (auto const* target :
             {"", "a", "*", "?a", "http://host/a", "host:443", "/a#b", "/a?b#c", " /a"}) {
            CAPTURE(target);
            CHECK(reading(target) == "path_forbidden");
        }
        auto const longest = "/" + std::string(target_bytes_max - 1, 'a');
        CHECK(reading(longest) == longest + " ");
        CHECK(reading(longest + "a") == "path_forbidden");
        CHECK(reading("/?" + std::string(target_bytes_max - 1, 'a')) == "path_forbidden");
    }

    TEST_CASE("is_method: a token of at most 32 characters")
    {
        CHECK(is_method("GET"));
        CHECK(is_method("M-SEARCH"));
        CHECK(is_method("get"));
        CHECK(is_method(std::string(32, 'A')));
        CHECK_FALSE(is_method(std::string(33, 'A')));
        for (auto const* bad :
             {"", "GET ", "G ET", "GET/", "G\xc3\xa9T", "GET\n", "\"GET\"", "A,B"}) {
            CAPTURE(bad);
            CHECK_FALSE(is_method(bad));
        }
    }
}

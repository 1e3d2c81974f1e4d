#include "core/policy/path_pattern.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/policy/path_pattern")
{
    TEST_CASE("why_unusable: literals, {name} and a final ** -> nothing to say")
    {
        for (auto const* pattern :
             {"/", "/a", "/a/", "/a/b.c/~d", "/{id}", "/a/{order-id}/b", "/{a_1}/{a_1}", "/**",
              "/a/**", "/{id}/**", "/a b", "/..."}) {
            CAPTURE(pattern);
            CHECK(why_unusable(pattern) == "");
        }
    }

    TEST_CASE("why_unusable: what no path can match, or does not mean what it looks like")
    {
        for (auto const* pattern :
             {"",       "a",     "*",      "**",    "a/b",   "//",    "/a//b",        "//a",
              "/.",     "/../a", "/a/./b", "/**/a", "/**/",  "/*",    "/a*",          "/a/*/b",
              "/***",   "/{}",   "/{a",    "/a}",   "/x{a}", "/{a}x", "/{a b}",       "/{{a}}",
              "/{a/b}", "/%61",  "/a?b",   "/a#b",  "/a;b",  "/a\\b", "/caf\xc3\xa9", "/a\x01",
              "/a\x7f"}) {
            CAPTURE(pattern);
            CHECK(why_unusable(pattern).ends_with("."));
        }
    }

    TEST_CASE("why_unusable: at most 32 segments and 1,024 characters")
    {
        std::string deep;
        for (int i = 0; i < 32; ++i)
            deep += "/a";
        CHECK(why_unusable(deep) == "");
        CHECK(why_unusable(deep + "/**") == "A pattern has at most 32 segments.");
        CHECK(why_unusable(deep + "/") == "A pattern has at most 32 segments.");
        CHECK(why_unusable("/" + std::string(1023, 'a')) == "");
        CHECK(
            why_unusable("/" + std::string(1024, 'a')) == "A pattern has at most 1024 characters."
        );
    }

    TEST_CASE("matches: a literal, a slash at the end, {name} and ** -> these paths, and no others")
    {
        // clang-format off
        struct {
            char const *pattern, *path;
            bool matched;
        } const rows[] = {
            // a literal is equal, octet by octet
            {"/", "/", true},
            {"/a/b", "/a/b", true},
            {"/a b", "/a b", true},
            {"/a", "/A", false},
            {"/a", "/ab", false},
            {"/a", "/a/b", false},
            {"/a/b", "/a", false},
            {"/a", "", false},
            {"/a", "a", false},
            {"/**", "", false},
            // a slash at the end counts, except before **
            {"/a", "/a/", false},
            {"/a/", "/a", false},
            {"/a/", "/a/", true},
            {"/a/**", "/a", true},
            {"/a/**", "/a/", true},
            // {name} is one segment that is not empty
            {"/a/{id}", "/a/1", true},
            {"/a/{id}", "/a/{id}", true},
            {"/a/{id}/b", "/a/1/b", true},
            {"/a/{id}", "/a/", false},
            {"/a/{id}", "/a", false},
            {"/a/{id}", "/a/1/2", false},
            {"/a/{id}", "/a/1/", false},
            // ** is any number of whole segments
            {"/**", "/", true},
            {"/**", "/a/b/c", true},
            {"/orders/**", "/orders/1/2", true},
            {"/orders/**", "/ordersx", false},
            {"/orders/**", "/orders2/1", false},
            {"/orders/**", "/", false},
            {"/a/{id}/**", "/a/1", true},
            {"/a/{id}/**", "/a", false},
            {"/a/{id}/**", "/a/", false},
        };
        // clang-format on
        for (auto const& [pattern, path, matched] : rows) {
            CAPTURE(pattern);
            CAPTURE(path);
            CHECK(matches(pattern, path) == matched);
        }
    }

    TEST_CASE("covers: each path of the other one, and no path more is needed")
    {
        struct {
            char const *pattern, *other;
            bool covered;
        } const rows[] = {
            {"/a", "/a", true},          {"/a", "/b", false},        {"/a", "/a/", false},
            {"/{x}", "/a", true},        {"/{x}", "/{y}", true},     {"/a", "/{x}", false},
            {"/{x}", "/", false},        {"/{x}", "/**", false},     {"/**", "/", true},
            {"/**", "/**", true},        {"/**", "/a/{x}/**", true}, {"/a/**", "/a", true},
            {"/a/**", "/a/", true},      {"/a/**", "/a/b", true},    {"/a/**", "/**", false},
            {"/a/**", "/ab", false},     {"/{x}/**", "/a/b", true},  {"/a/**", "/{x}/b", false},
            {"/a/b", "/a/**", false},    {"/a/{x}", "/a/**", false}, {"/a/{x}", "/a", false},
            {"/{x}/b", "/a/{y}", false}, {"/{x}/{y}", "/a/b", true},
        };
        for (auto const& [pattern, other, covered] : rows) {
            CAPTURE(pattern);
            CAPTURE(other);
            CHECK(covers(pattern, other) == covered);
        }
    }
}

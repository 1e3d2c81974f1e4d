#include "core/inspect/pasted_text.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

/// The codes of what was taken off, then the rest.
std::string unpasted(std::string_view token)
{
    std::vector<finding> found;
    auto const rest = without_paste_marks(token, found);
    std::string said;
    for (auto const& one : found)
        said += std::string(one.code) + " ";
    return said + rest;
}

}  // namespace

TEST_SUITE("core/inspect/pasted_text")
{
    TEST_CASE("without_paste_marks: what is around a token is named and taken off")
    {
        CHECK(unpasted("a.b.c") == "a.b.c");
        CHECK(unpasted("a.b.c\n") == "line_break a.b.c");
        CHECK(unpasted(" a.b.c\t") == "white_space a.b.c");
        CHECK(unpasted("\"a.b.c\"") == "quoted a.b.c");
        CHECK(unpasted("'a.b.c") == "quoted a.b.c");
        CHECK(unpasted("bearer a.b.c") == "bearer_prefix a.b.c");
        CHECK(
            unpasted("Authorization: Bearer \"a.b.c\"\r\n")
            == "line_break white_space quoted bearer_prefix a.b.c"
        );
        CHECK(
            unpasted("\xef\xbb\xbf"
                     "a.b.c\xe2\x80\x8b")
            == "white_space a.b.c"
        );
    }

    TEST_CASE("without_paste_marks: line breaks and spaces inside a compact token too")
    {
        CHECK(unpasted("a.\r\n b.c") == "line_break white_space a.b.c");
        CHECK(unpasted("a.b\xc2\xa0.c") == "white_space a.b.c");
    }

    TEST_CASE("without_paste_marks: white space is a part of JSON")
    {
        CHECK(unpasted("{\"a\": 1}\n") == "{\"a\": 1}");
        CHECK(unpasted("Bearer {}") == "bearer_prefix {}");
    }

    TEST_CASE("without_paste_marks: nothing but marks leaves nothing")
    {
        CHECK(unpasted("\"\"").ends_with("quoted "));
        CHECK(unpasted(" \n").ends_with("white_space "));
        CHECK(unpasted("").empty());
    }

    TEST_CASE("decode_leniently: padding and plain base64 are read and named")
    {
        std::vector<finding> found;
        CHECK(decode_leniently("Pz8_", "payload", found) == "???");
        CHECK(found.empty());
        CHECK(decode_leniently("Pz8/", "payload", found) == "???");
        CHECK(found.back().code == "base64_alphabet");
        CHECK(found.back().subject == "payload");
        CHECK(decode_leniently("YQ==", "header", found) == "a");
        CHECK(found.back().code == "base64_padding");
        CHECK(!decode_leniently("a", "header", found));
        CHECK(!decode_leniently("a*b=", "header", found));
        CHECK(found.size() == 2);
    }
}

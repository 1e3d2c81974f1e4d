#include "config/tree/suggest.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace config;

namespace {

constexpr std::array<std::string_view, 5> algorithms{"HS256", "RS256", "ES256", "PS384", "EdDSA"};
constexpr std::array<std::string_view, 3> members{"threads", "hosts", "listen"};

}  // namespace

TEST_SUITE("config/tree/suggest")
{
    TEST_CASE("nearest: an insertion, a deletion, a replacement or a swap is one edit, two are most"
    )
    {
        for (std::string_view text :
             {"treads", "threadss", "threats", "therads", "thraeds", "tread"}) {
            CAPTURE(text);
            CHECK(nearest(text, members) == "threads");
        }
        CHECK(nearest("thre", members).empty());
        CHECK(nearest("abcdefg", members).empty());
    }

    TEST_CASE("nearest: the case of letters costs nothing")
    {
        CHECK(nearest("es256", algorithms) == "ES256");
        CHECK(nearest("rs256", algorithms) == "RS256");
        CHECK(nearest("eddsa", algorithms) == "EdDSA");
        CHECK(nearest("ps384", algorithms) == "PS384");
        CHECK(nearest("ES-256", algorithms) == "ES256");
        CHECK(nearest("THREADS", members) == "threads");
    }

    TEST_CASE(
        "nearest: half of a name's characters are too many edits; long texts are not misspelt names"
    )
    {
        constexpr std::array<std::string_view, 1> two{"ab"};
        CHECK(nearest("ac", two).empty());
        CHECK(nearest("", members).empty());
        CHECK(nearest(std::string(65, 't'), members).empty());
    }

    TEST_CASE("did_you_mean: a guess to append to a sentence, or nothing")
    {
        CHECK(did_you_mean("hots", members) == ", did you mean `hosts`?");
        CHECK(did_you_mean("zebra", members).empty());
        CHECK(one_of(members) == "threads, hosts or listen");
    }
}

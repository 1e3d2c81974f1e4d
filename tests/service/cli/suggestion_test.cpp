#include "service/cli/suggestion.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace service::cli;

namespace {

command taking(std::string_view operands)
{
    return {"x", "", operands, 0, 1, {}, "", "", nullptr};
}

}  // namespace

TEST_SUITE("service/cli/suggestion")
{
    TEST_CASE("suggestion_for: an option with a few values -> these words, whatever its placeholder"
    )
    {
        constexpr std::array<std::string_view, 2> two{"pem", "jwk"};
        auto const offered = suggestion_for({"--format", takes::one, "FILE", "", two});
        CHECK(offered.kind == offers::words);
        CHECK(spaced(offered.words) == "pem jwk");
    }

    TEST_CASE("suggestion_for: the placeholder says whether files complete")
    {
        CHECK(suggestion_for({"--key", takes::one, "FILE", ""}).kind == offers::files);
        CHECK(suggestion_for({"--claims", takes::one, "JSON", ""}).kind == offers::files_after_at);
        CHECK(suggestion_for({"--subject", takes::one, "SUB", ""}).kind == offers::nothing);
        CHECK(suggestion_for({"--force", takes::nothing, "", ""}).kind == offers::nothing);
    }

    TEST_CASE("suggestion_for_operands: files, files after @, words in small letters, or nothing")
    {
        CHECK(suggestion_for_operands(taking("FILE...")).kind == offers::files);
        CHECK(suggestion_for_operands(taking("[TOKEN|@FILE|-]")).kind == offers::files_after_at);
        CHECK(suggestion_for_operands(taking("KID")).kind == offers::nothing);
        CHECK(suggestion_for_operands(taking("")).kind == offers::nothing);
        CHECK(spaced(suggestion_for_operands(taking("bash|zsh")).words) == "bash zsh");
    }

    TEST_CASE("needs_value: not an option whose value follows only an equals sign")
    {
        CHECK(needs_value({"--key", takes::one, "FILE", ""}));
        CHECK(needs_value({"--alg", takes::many, "NAME", ""}));
        CHECK_FALSE(needs_value({"--jti", takes::maybe, "ID", ""}));
        CHECK_FALSE(needs_value({"--force", takes::nothing, "", ""}));
    }
}

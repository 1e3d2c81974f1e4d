#include "core/jwt/claim_rules.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

using kind = claim_rule::kind;

std::string verdict(std::string claims, std::vector<claim_rule> const& rules)
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    auto const outcome = check_claim_rules(doc->root(), rules);
    if (outcome)
        return "ok";
    return std::string(to_string(outcome.error().code)) + " " + outcome.error().claim;
}

/// What a rule for the claim "a" says of a value.
std::string of_a(kind is, std::vector<std::string> values, std::string const& value)
{
    return verdict("{\"a\":" + value + "}", {{"a", is, std::move(values)}});
}

}  // namespace

TEST_SUITE("core/jwt/claim_rules")
{
    TEST_CASE("check_claim_rules: equals compares types and values")
    {
        CHECK(of_a(kind::equals, {"\"x\""}, R"("x")") == "ok");
        CHECK(of_a(kind::equals, {"\"x\""}, R"("\u0078")") == "ok");
        CHECK(of_a(kind::equals, {R"("\u0078")"}, R"("x")") == "ok");
        CHECK(of_a(kind::equals, {R"("\"")"}, R"("\"")") == "ok");
        CHECK(of_a(kind::equals, {"\"x\""}, R"("X")") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"\"x\""}, R"(["x"])") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"\"1\""}, "1") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"1"}, R"("1")") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"1"}, "1.0") == "ok");
        CHECK(of_a(kind::equals, {"true"}, "true") == "ok");
        CHECK(of_a(kind::equals, {"true"}, R"("true")") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"null"}, "null") == "ok");
        CHECK(of_a(kind::equals, {R"({"x":1,"y":[2]})"}, R"({"y":[2],"x":1})") == "ok");
        CHECK(of_a(kind::equals, {R"({"x":1})"}, R"({"x":1,"y":2})") == "claim_invalid a");
        CHECK(of_a(kind::equals, {R"([1,2])"}, "[1, 2]") == "ok");
    }

    TEST_CASE("check_claim_rules: one_of is any of its values, of the claim as a whole")
    {
        CHECK(of_a(kind::one_of, {"\"x\"", "2"}, "2") == "ok");
        CHECK(of_a(kind::one_of, {"\"x\"", "2"}, R"("x")") == "ok");
        CHECK(of_a(kind::one_of, {"\"x\"", "2"}, "3") == "claim_invalid a");
        CHECK(of_a(kind::one_of, {"\"x\"", "2"}, R"(["x"])") == "claim_invalid a");
    }

    TEST_CASE("check_claim_rules: contains wants an array that has all its values")
    {
        CHECK(of_a(kind::contains, {"\"x\""}, R"(["y","x"])") == "ok");
        CHECK(of_a(kind::contains, {"\"x\"", "1"}, R"([1,"x"])") == "ok");
        CHECK(of_a(kind::contains, {"\"x\"", "1"}, R"(["x"])") == "claim_invalid a");
        CHECK(of_a(kind::contains, {"\"x\""}, R"("x")") == "claim_invalid a");
        CHECK(of_a(kind::contains, {"\"x\""}, R"("a x b")") == "claim_invalid a");
        CHECK(of_a(kind::contains, {"\"x\""}, R"([["x"]])") == "claim_invalid a");
        CHECK(of_a(kind::contains, {"\"x\""}, R"({"x":"x"})") == "claim_invalid a");
        CHECK(of_a(kind::contains, {"\"x\""}, "[]") == "claim_invalid a");
    }

    TEST_CASE("check_claim_rules: a claim that is absent -> claim_missing, of the first broken rule"
    )
    {
        CHECK(verdict("{}", {{"a", kind::equals, {"null"}}}) == "claim_missing a");
        std::vector<claim_rule> const two{
            {"a", kind::equals, {"1"}}, {"/b/c", kind::contains, {"2"}}};
        CHECK(verdict(R"({"a":2})", two) == "claim_invalid a");
        CHECK(verdict(R"({"a":1})", two) == "claim_missing /b/c");
        CHECK(verdict(R"({"a":1,"b":{"c":[2]}})", two) == "ok");
        CHECK(verdict("{}", {}) == "ok");
    }

    TEST_CASE("check_claim_rules: a name with a dot is a name, only a pointer goes inside")
    {
        CHECK(verdict(R"({"b":{"c":1}})", {{"b.c", kind::equals, {"1"}}}) == "claim_missing b.c");
        CHECK(verdict(R"({"b.c":1})", {{"b.c", kind::equals, {"1"}}}) == "ok");
        CHECK(verdict(R"({"b":{"c":1}})", {{"/b/c", kind::equals, {"1"}}}) == "ok");
    }

    TEST_CASE("check_claim_rules: a rule without usable values holds for nothing")
    {
        for (auto const is : {kind::equals, kind::one_of, kind::contains})
            CHECK(of_a(is, {}, "[]") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"1", "2"}, "1") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"not json"}, "1") == "claim_invalid a");
        CHECK(of_a(kind::equals, {""}, R"("")") == "claim_invalid a");
        CHECK(of_a(kind::equals, {"\""}, R"("")") == "claim_invalid a");
    }

    TEST_CASE("entries_of: one for each value, more for one with objects")
    {
        CHECK(entries_of(std::vector<claim_rule>{}) == 0);
        CHECK(
            entries_of(std::vector<claim_rule>{
                {"a", kind::one_of, {"1", "2"}}, {"b", kind::equals, {R"({"x":[1,2,3]})"}}})
            == 4
        );
    }
}

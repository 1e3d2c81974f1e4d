#include "core/jwt/scope_rules.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

bool admitted(scope_rule const& asked, std::string claims)
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    return admits(asked, doc->root());
}

std::string text_of(std::string claims)
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    return scope_text(doc->root()).value_or("(refused)");
}

}  // namespace

TEST_SUITE("core/jwt/scope_rules")
{
    TEST_CASE("admits: all of `all`, and one of `any`")
    {
        scope_rule const rule{{"a", "b"}, {"c", "d"}};
        CHECK(admitted(rule, R"({"scope":"b a d"})"));
        CHECK(admitted(rule, R"({"scp":["c","a","b"]})"));
        CHECK_FALSE(admitted(rule, R"({"scope":"a b"})"));
        CHECK_FALSE(admitted(rule, R"({"scope":"a c d"})"));
        CHECK(admitted({{}, {"c", "d"}}, R"({"scope":"d"})"));
        CHECK_FALSE(admitted({{}, {"c", "d"}}, R"({"scope":"e"})"));
    }

    TEST_CASE("admits: without a claim of scopes only an empty rule does")
    {
        CHECK(admitted({}, "{}"));
        CHECK_FALSE(admitted({{"a"}, {}}, "{}"));
        CHECK_FALSE(admitted({{}, {"a"}}, "{}"));
    }

    TEST_CASE("admits: whole scopes, with their case, from `scope` before `scp`")
    {
        scope_rule const rule{{"read"}, {}};
        CHECK(admitted(rule, R"({"scope":"  read  "})"));
        CHECK_FALSE(admitted(rule, R"({"scope":"reader Read rea"})"));
        CHECK_FALSE(admitted(rule, R"({"scope":"read,write"})"));
        CHECK_FALSE(admitted(rule, R"({"scp":["read write"]})"));
        CHECK_FALSE(admitted(rule, R"({"scope":"x","scp":"read"})"));
        CHECK_FALSE(admitted(rule, R"({"scope":{"read":"read"}})"));
        CHECK_FALSE(admitted(rule, R"({"scp":[["read"],1,null]})"));
    }

    TEST_CASE("scope_text: text or array, always joined by one space")
    {
        CHECK(text_of(R"({"scope":"a b"})") == "a b");
        CHECK(text_of(R"({"scope":"  a   b "})") == "a b");
        CHECK(text_of(R"({"scp":["a","b:c/d"]})") == "a b:c/d");
        CHECK(text_of(R"({"scope":["a","","b"]})") == "a b");
        CHECK(text_of(R"({"scp":"a"})") == "a");
    }

    TEST_CASE("scope_text: no scopes -> an empty text")
    {
        for (auto const* claims : {"{}", R"({"scope":""})", R"({"scp":[]})", R"({"scope":null})"}) {
            CAPTURE(claims);
            CHECK(text_of(claims).empty());
        }
    }

    TEST_CASE("scope_text: what would become another scope in a header is refused")
    {
        for (auto const* claims : {
                 R"({"scp":["a b"]})",
                 R"({"scp":["a",1]})",
                 R"({"scp":[null]})",
                 R"({"scope":1})",
                 R"({"scope":{}})",
                 R"({"scope":"a\tb"})",
                 R"({"scope":"a\r\nX: b"})",
                 R"({"scope":"é"})",
                 R"({"scp":["\u007f"]})",
             }) {
            CAPTURE(claims);
            CHECK(text_of(claims) == "(refused)");
        }
    }
}

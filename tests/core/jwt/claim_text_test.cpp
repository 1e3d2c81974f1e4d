#include "core/jwt/claim_text.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string said(std::string claims, std::string_view path, bool encode = false)
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    auto const claim = find_claim(doc->root(), path);
    if (!claim)
        return "(absent)";
    return claim_text(*claim, encode).value_or("(refused)");
}

}  // namespace

TEST_SUITE("core/jwt/claim_text")
{
    TEST_CASE("find_claim: a name, or a JSON pointer with its escapes")
    {
        auto const claims = R"({"a/b":{"~":[1,{"c":"x"}]},"/d":"y","":"z"})";
        CHECK(said(claims, "/a~1b/~0/0") == "1");
        CHECK(said(claims, "/a~1b/~0/1/c") == "x");
        CHECK(said(claims, "/a~1b/~0/2") == "(absent)");
        CHECK(said(claims, "/a~1b/~0/01") == "(absent)");
        CHECK(said(claims, "/a~1b/~0/-") == "(absent)");
        CHECK(said(claims, "/~1d") == "y");
        CHECK(said(claims, "/") == "z");
        CHECK(said(claims, "nothing") == "(absent)");
    }

    TEST_CASE(
        "claim_text: strings as they are, numbers and booleans as JSON, arrays of strings joined"
    )
    {
        CHECK(said(R"({"a":"x y"})", "a") == "x y");
        CHECK(said(R"({"a":1.50})", "a") == "1.50");
        CHECK(said(R"({"a":true})", "a") == "true");
        CHECK(said(R"({"a":null})", "a").empty());
        CHECK(said(R"({"a":["x","y"]})", "a") == "x,y");
        CHECK(said(R"({"a":[]})", "a").empty());
    }

    TEST_CASE("claim_text: what would change its meaning in a header is refused")
    {
        for (auto const* claims : {
                 R"({"a":{}})",
                 R"({"a":["x,y"]})",
                 R"({"a":[1]})",
                 R"({"a":[["x"]]})",
                 R"({"a":"x\r\nSet-Cookie: b"})",
                 R"({"a":"é"})",
                 R"({"a":"x\u0000"})",
                 R"({"a":["\u007f"]})",
             }) {
            CAPTURE(claims);
            CHECK(said(claims, "a") == "(refused)");
        }
    }

    TEST_CASE("claim_text: base64url carries any text")
    {
        CHECK(said(R"({"a":"é"})", "a", true) == "w6k");
        CHECK(said(R"({"a":["x,y"]})", "a", true) == "WyJ4LHkiXQ");
        CHECK(said(R"({"a":{}})", "a", true) == "(refused)");
    }
}

#include "core/jwt/claim_text.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

using encoding = claim_style::encoding;

std::string said(std::string claims, std::string_view path, claim_style const& style = {})
{
    auto const doc = json::document::parse(std::move(claims));
    REQUIRE(doc.has_value());
    auto const claim = find_claim(doc->root(), path);
    if (!claim)
        return "(absent)";
    return claim_text(*claim, style).value_or("(refused)");
}

claim_style encoded(encoding by)
{
    claim_style style;
    style.encode = by;
    return style;
}

claim_style separated(std::string separator, encoding by = encoding::none)
{
    auto style = encoded(by);
    style.separator = std::move(separator);
    return style;
}

claim_style as_json(encoding by = encoding::none)
{
    auto style = encoded(by);
    style.as_json = true;
    return style;
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

    TEST_CASE("claim_text: a space at an end, which readers drop, is refused unless it is encoded")
    {
        for (auto const* claims : {
                 R"({"a":" root"})",
                 R"({"a":"root "})",
                 R"({"a":" "})",
                 R"({"a":[" root"]})",
                 R"({"a":["x","root "]})",
                 R"({"a":["x"," root","y"]})",
             }) {
            CAPTURE(claims);
            CHECK(said(claims, "a") == "(refused)");
            CHECK(said(claims, "a", encoded(encoding::percent)) != "(refused)");
            CHECK(said(claims, "a", encoded(encoding::base64url)) != "(refused)");
            CHECK(said(claims, "a", as_json()) != "(refused)");
        }
        CHECK(said(R"({"a":" root "})", "a", encoded(encoding::percent)) == "%20root%20");
    }

    TEST_CASE("claim_text: an array whose text would begin or end with a space is refused")
    {
        for (auto const by : {encoding::none, encoding::percent}) {
            CHECK(said(R"({"a":["","x"]})", "a", separated(" ", by)) == "(refused)");
            CHECK(said(R"({"a":["x",""]})", "a", separated(" ", by)) == "(refused)");
            CHECK(said(R"({"a":["x",""]})", "a", separated("; ", by)) == "(refused)");
            CHECK(said(R"({"a":["","x"]})", "a", separated("; ", by)) == "; x");
            CHECK(said(R"({"a":["x","","y"]})", "a", separated(" ", by)) == "x  y");
        }
    }

    TEST_CASE("claim_text: base64url carries any text, and arrays as JSON")
    {
        auto const style = encoded(encoding::base64url);
        CHECK(said(R"({"a":"é"})", "a", style) == "w6k");
        CHECK(said(R"({"a":["x,y"]})", "a", style) == "WyJ4LHkiXQ");
        CHECK(said(R"({"a":[{"b":1}]})", "a", style) == "W3siYiI6MX1d");
        CHECK(said(R"({"a":{}})", "a", style) == "(refused)");
        CHECK(said(R"({"a":null})", "a", style).empty());
    }

    TEST_CASE("claim_text: percent keeps what is unreserved, octet by octet")
    {
        auto const style = encoded(encoding::percent);
        CHECK(said(R"({"a":"AZaz09-._~"})", "a", style) == "AZaz09-._~");
        CHECK(said(R"({"a":"é /,%+\r\n\u0000"})", "a", style) == "%C3%A9%20%2F%2C%25%2B%0D%0A%00");
        CHECK(said(R"({"a":1.5e+3})", "a", style) == "1.5e%2B3");
        CHECK(said(R"({"a":true})", "a", style) == "true");
        CHECK(said(R"({"a":{}})", "a", style) == "(refused)");
        CHECK(said(R"({"a":["x,y","é"]})", "a", style) == "x%2Cy,%C3%A9");
        CHECK(said(R"({"a":["x",1]})", "a", style) == "(refused)");
    }

    TEST_CASE("claim_text: arrays are joined by the separator, unless an element hides it")
    {
        CHECK(said(R"({"a":["x,y","z"]})", "a", separated(" ")) == "x,y z");
        CHECK(said(R"({"a":["x y"]})", "a", separated(" ")) == "(refused)");
        CHECK(said(R"({"a":["x","y"]})", "a", separated("; ")) == "x; y");
        CHECK(said(R"({"a":["x;","y"]})", "a", separated("; ")) == "x;; y");
        CHECK(said(R"({"a":["x-","y"]})", "a", separated("--")) == "(refused)");
        CHECK(said(R"({"a":["","x"]})", "a", separated(",")) == ",x");
        CHECK(said(R"({"a":["x","y"]})", "a", separated("")) == "(refused)");
        CHECK(said(R"({"a":["x y"]})", "a", separated(" ", encoding::percent)) == "x%20y");
        CHECK(said(R"({"a":["x-y"]})", "a", separated("-", encoding::percent)) == "(refused)");
        CHECK(said(R"({"a":"x y"})", "a", separated(" ")) == "x y");
    }

    TEST_CASE("claim_text: as_json is the text that was signed, of any value")
    {
        CHECK(said(R"({"a":{"b":[1.0,"x"]}})", "a", as_json()) == R"({"b":[1.0,"x"]})");
        CHECK(said(R"({"a":["x,y"]})", "a", as_json()) == R"(["x,y"])");
        CHECK(said(R"({"a":"x"})", "a", as_json()) == R"("x")");
        CHECK(said(R"({"a":null})", "a", as_json()) == "null");
        CHECK(said(R"({"a":"\u00e9\n"})", "a", as_json()) == R"("\u00e9\n")");
        CHECK(said(R"({"a":"é"})", "a", as_json()) == "(refused)");
        CHECK(said("{\"a\":[1,\n2]}", "a", as_json()) == "(refused)");
        CHECK(said(R"({"a":{"b":1}})", "a", as_json(encoding::base64url)) == "eyJiIjoxfQ");
        CHECK(said(R"({"a":["é"]})", "a", as_json(encoding::percent)) == "%5B%22%C3%A9%22%5D");
    }

    TEST_CASE("append_claim_text: appends, and looks at what it appended only")
    {
        std::string text = "before, ";
        auto const doc = json::document::parse(R"(["x","y"])");
        REQUIRE(doc.has_value());
        CHECK(append_claim_text(text, doc->root(), {}));
        CHECK(text == "before, x,y");
    }
}

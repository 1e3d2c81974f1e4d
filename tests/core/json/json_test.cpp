#include "core/json/json.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/json/json")
{
    TEST_CASE("document: a value knows its own source text byte for byte")
    {
        auto const doc =
            json::document::parse(R"({"a": 1.0e9, "b":[1, {"c":"\u00e9\n"}] , "d":null})");
        REQUIRE(doc.has_value());
        auto const root = doc->root();
        CHECK(root.size() == 3);
        CHECK(root.find("a")->text() == "1.0e9");
        CHECK(root.find("a")->number() == 1e9);
        CHECK(!root.find("a")->integer());
        CHECK(root.find("b")->text() == R"([1, {"c":"\u00e9\n"}])");
        CHECK((*++root.find("b")->begin()).find("c")->string() == "\xc3\xa9\n");
        CHECK(root.find("d")->is_null());
        CHECK(!root.find("e"));
    }

    TEST_CASE("wipe: nothing of the text is left in what the document had")
    {
        auto doc = json::document::parse(R"({"k":"a long text that has an escape: \n, and more"})");
        REQUIRE(doc.has_value());
        auto const unescaped = doc->root().find("k")->string();
        auto const text = doc->text();
        REQUIRE(unescaped.find("escape") != std::string_view::npos);
        doc->wipe();
        CHECK(unescaped.find_first_not_of('\0') == std::string_view::npos);
        CHECK(text.find_first_not_of('\0') == std::string_view::npos);
    }

    TEST_CASE("read: a document is used for one text after another, whatever came before")
    {
        json::document doc;
        REQUIRE(doc.read(R"({"a":"\n","b":[1,2]})").has_value());
        CHECK(doc.root().find("a")->string() == "\n");
        CHECK(!doc.read(R"({"a":1,"a":2})"));
        CHECK(!doc.read("{"));
        auto text = doc.take_text();
        text = R"({"c":"\u00e9"})";
        REQUIRE(doc.read(std::move(text)).has_value());
        CHECK(doc.root().size() == 1);
        CHECK(doc.root().find("c")->string() == "\xc3\xa9");
        CHECK(!doc.root().find("a"));
    }

    TEST_CASE("document: equal names are found among few and among many, nested or not")
    {
        auto const object = [](int members, std::string const& more) {
            std::string text = "{";
            for (int i = 0; i < members; ++i)
                text += "\"n" + std::to_string(i) + "\":[{\"n1\":0}],";
            return text + more + "}";
        };
        for (int members : {1, 2, 10, 23, 24, 25, 100}) {
            CAPTURE(members);
            CHECK(json::document::parse(object(members, R"("m":0)")).has_value());
            CHECK(!json::document::parse(object(members, R"("n0":0)")));
            CHECK(!json::document::parse(object(members, R"("\u006e0":0)")));
            auto const last = "\"n" + std::to_string(members - 1) + "\":0";
            CHECK(!json::document::parse(object(members, last)));
        }
        CHECK(!json::document::parse(R"({"":1,"a":2,"":3})"));
    }

    TEST_CASE("document: what is not strict JSON is refused")
    {
        for (auto const* text : {
                 "",
                 " ",
                 "{",
                 "{}x",
                 "[1,]",
                 "{\"a\":1,}",
                 "{\"a\":1,\"a\":2}",
                 "{\"a\":1,\"\\u0061\":2}",
                 "[{\"a\":{\"b\":1,\"b\":1}}]",
                 "01",
                 "+1",
                 "1.",
                 ".5",
                 "1e",
                 "-",
                 "1e400",
                 "-1e400",
                 "NaN",
                 "Infinity",
                 "nul",
                 "'a'",
                 "\"\x01\"",
                 "\"\\x\"",
                 "\"\\ud800\"",
                 "\"\\udc00\"",
                 "\"\\ud800\\u0041\"",
                 "\"\\u12g4\"",
                 "\"\xff\"",
                 "\"\xc0\x80\"",
                 "\"\xed\xa0\x80\"",
                 "\"abc",
                 "\xef\xbb\xbf{}",
                 "// c\n{}",
                 "{\"a\" 1}",
                 "{a:1}",
             }) {
            CAPTURE(text);
            CHECK(!json::document::parse(text).has_value());
        }
        CHECK(!json::document::parse(std::string("{\"a\":1}\0", 8)).has_value());
    }

    TEST_CASE("document: nesting is taken to the limit and not beyond")
    {
        CHECK(json::document::parse(std::string(32, '[') + std::string(32, ']')).has_value());
        CHECK(!json::document::parse(std::string(33, '[') + std::string(33, ']')).has_value());
        CHECK(!json::document::parse(std::string(20000, '[')).has_value());
    }

    TEST_CASE("document: numbers of any length keep their text, and those that vanish are zero")
    {
        auto const doc =
            json::document::parse("[123456789012345678901234567890, 18446744073709551616, 1e-400, "
                                  "-0, 9223372036854775807]");
        REQUIRE(doc.has_value());
        auto at = doc->root().begin();
        CHECK((*at).text() == "123456789012345678901234567890");
        CHECK(!(*at).integer());
        CHECK((*++at).number() == 18446744073709551616.0);
        CHECK((*++at).number() == 0);
        CHECK((*++at).integer() == 0);
        CHECK((*++at).integer() == 9223372036854775807);
    }

    TEST_CASE("document: an exponent of more than nine digits is refused, whatever its value")
    {
        CHECK(json::document::parse("[1e000000300, 1E-999999999, 0e999999999]").has_value());
        for (auto const* text :
             {"1e0000000001", "1e-0000000001", "1E+1000000000", "[0e0000000000]"}) {
            CAPTURE(text);
            CHECK(!json::document::parse(text).has_value());
        }
    }

    TEST_CASE("document: names that differ only in their escapes are duplicates among many")
    {
        std::string text = "{";
        for (int i = 0; i < 200; ++i)
            text += "\"member" + std::to_string(i) + "\":0,";
        CHECK(json::document::parse(text + "\"other\":1}").has_value());
        auto const twice = json::document::parse(text + "\"m\\u0065mber7\":1}");
        REQUIRE(!twice.has_value());
        CHECK(twice.error().reason == fault::invalid);
    }

    TEST_CASE("document: repeated names are read where the limits allow them; find gives the first")
    {
        json::limits bounds;
        bounds.repeated_names = true;
        auto const doc = json::document::parse(R"({"a":1,"b":{"c":2,"c":3},"a":4})", bounds);
        REQUIRE(doc.has_value());
        CHECK(doc->root().size() == 3);
        CHECK(doc->root().find("a")->integer() == 1);
        CHECK(doc->root().find("b")->find("c")->integer() == 2);
        CHECK(!json::document::parse(R"({"a":1,"a":)", bounds));
    }

    TEST_CASE("append_string: a character is written the same at every place of a long text")
    {
        for (unsigned octet = 0; octet < 0x80; ++octet) {
            auto const c = static_cast<char>(octet);
            std::string quoted;
            json::append_string(quoted, std::string_view(&c, 1));
            auto const written = quoted.substr(1, quoted.size() - 2);
            bool const is_plain = octet >= 0x20 && octet != 0x7f && c != '"' && c != '\\';
            CHECK((written == std::string(1, c)) == is_plain);
            for (std::size_t place = 0; place < 20; ++place) {
                std::string text(20, 'x'), out;
                text[place] = c;
                json::append_string(out, text);
                CHECK(
                    out
                    == "\"" + std::string(place, 'x') + written + std::string(19 - place, 'x')
                        + "\""
                );
            }
        }
    }

    TEST_CASE("append_string: control characters, quotes and broken UTF-8 leave valid JSON behind")
    {
        std::string out;
        json::append_string(out, std::string_view("a\"\\\n\x7f\xff\xc3\xa9\0", 9));
        CHECK(out == "\"a\\\"\\\\\\u000a\\u007f\xef\xbf\xbd\xc3\xa9\\u0000\"");
    }

    TEST_CASE("writer: commas are only between members and elements")
    {
        std::string out;
        json::writer w(out);
        w.begin_object()
            .member("a", std::int64_t{1})
            .name("b")
            .begin_array()
            .string("x")
            .null()
            .end_array();
        w.name("c")
            .begin_object()
            .end_object()
            .member_raw("d", "1.0")
            .member("e", true)
            .end_object();
        CHECK(out == R"({"a":1,"b":["x",null],"c":{},"d":1.0,"e":true})");
    }
}

#include "config/tree/to_json.hpp"
#include "config/tree/yaml.hpp"

#include <doctest/doctest.h>

using namespace config;

namespace {

std::string problem_in(std::string_view text)
{
    auto const parsed = parse_yaml(text);
    auto const* problems = std::get_if<1>(&parsed);
    if (!problems)
        return "none";
    auto const& first = problems->front();
    return std::to_string(first.at.line) + ":" + std::to_string(first.at.column) + " " + first.text;
}

node parsed(std::string_view text)
{
    auto tree = parse_yaml(text);
    REQUIRE(tree.index() == 0);
    return std::get<0>(std::move(tree));
}

}  // namespace

TEST_SUITE("config/tree/yaml")
{
    TEST_CASE("parse_yaml: a document -> a tree with the place of every name and value")
    {
        auto const root = parsed("a: 1\nb:\n  - x\n  - \"2\"\nc: {d: null}\n");
        REQUIRE(root.is_map());
        auto const* b = root.find("b");
        REQUIRE(b != nullptr);
        CHECK(b->name_at.line == 2);
        CHECK(b->name_at.column == 1);
        CHECK(b->children[1].at.line == 4);
        CHECK(b->children[1].at.column == 5);
        CHECK(b->children[0].plain);
        CHECK(!b->children[1].plain);
        CHECK(root.find("c")->find("d")->is_null());
        CHECK(root.find("e") == nullptr);
    }

    TEST_CASE("parse_yaml: JSON is YAML")
    {
        auto const root = parsed(R"({"a": [1, {"b": "c"}], "d": true})");
        CHECK(to_json(root) == R"({"a":[1,{"b":"c"}],"d":true})");
    }

    TEST_CASE("parse_yaml: an empty text or only comments -> null; markers of a document are none "
              "of its content")
    {
        CHECK(parsed("").is_null());
        CHECK(parsed("# nothing\n").is_null());
        CHECK(parsed("---\n").is_null());
        CHECK(parsed("---\na: 1\n...\n").find("a")->text == "1");
        CHECK(parsed("a: |\n  x\n").find("a")->text == "x\n");
        CHECK(parsed("a: |\n  x").find("a")->text == "x\n");
    }

    TEST_CASE("parse_yaml: a member twice -> a problem at the second")
    {
        CHECK(problem_in("a: 1\nb: 2\na: 3\n") == "3:1 `a` appears here twice");
        CHECK(problem_in("x: {a: 1, 'a': 2}\n") == "1:11 `a` appears here twice");
        CHECK(problem_in("a: {b: 1}\nc: {b: 1}\n") == "none");
    }

    TEST_CASE("parse_yaml: anchors, aliases and tags -> problems at their place")
    {
        CHECK(problem_in("a: &x 1\n").ends_with("anchors are not used here, write the value out"));
        CHECK(problem_in("a: [&x {b: 1}]\n").find("anchors") != std::string::npos);
        CHECK(problem_in("a: &x 1\nb: *x\n").find("anchors") != std::string::npos);
        CHECK(problem_in("a: !!binary aGk=\n").ends_with("tags are not used here, remove this one")
        );
        CHECK(problem_in("a: !x {}\n").ends_with("tags are not used here, remove this one"));
    }

    TEST_CASE("parse_yaml: a second document, names that are not texts, bad YAML -> problems")
    {
        CHECK(problem_in("a: 1\n---\nb: 2\n").ends_with("only one YAML document is read"));
        CHECK(problem_in("? [a]\n: 1\n").ends_with("a member's name must be a text"));
        CHECK(problem_in("? {a: b}\n: 1\n").ends_with("a member's name must be a text"));
        CHECK(problem_in("null: 1\n").ends_with("a member's name must be a text"));
        CHECK(problem_in("a: [1\n") != "none");
        CHECK(problem_in("a: \"x\n") != "none");
        CHECK(problem_in("a: 'x\nb: 1\n") != "none");
        CHECK(problem_in("a: \"x\nb: 1") != "none");
        CHECK(problem_in("a: b: c\n") != "none");
        CHECK(problem_in("\ta: 1\n") != "none");
    }

    TEST_CASE("parse_yaml: text that is not UTF-8 or holds a zero -> a problem")
    {
        CHECK(problem_in("a: \xff\n").ends_with("not UTF-8 text"));
        CHECK(problem_in(std::string_view("a: \0\n", 5)).ends_with("not UTF-8 text"));
        CHECK(problem_in("\xff\xfe"
                         "a")
                  .ends_with("not UTF-8 text"));
    }

    TEST_CASE("parse_yaml: size, depth and count are bounded")
    {
        CHECK(problem_in(std::string(yaml_bytes_max + 1, '#')).ends_with("larger than 1 MiB"));
        auto const nested = [](std::size_t depth) {
            return std::string(depth, '[') + std::string(depth, ']');
        };
        CHECK(problem_in(nested(yaml_depth_max)) == "none");
        CHECK(problem_in(nested(yaml_depth_max + 1)).ends_with("nested too deeply"));
        CHECK(problem_in(nested(100'000)).ends_with("nested too deeply"));
        std::string many = "[";
        for (std::size_t i = 0; i <= yaml_nodes_max; ++i)
            many += "a,";
        CHECK(problem_in(many + "]").ends_with("too many values"));
    }
}

TEST_SUITE("config/tree/to_json")
{
    TEST_CASE("to_json: plain texts by the core schema, quoted ones as strings")
    {
        struct row {
            std::string_view yaml, json;
        };
        for (auto const& [yaml, json] : {
                 row{"null", "null"},
                 row{"~", "null"},
                 row{"true", "true"},
                 row{"FALSE", "false"},
                 row{"yes", R"("yes")"},
                 row{"'true'", R"("true")"},
                 row{"42", "42"},
                 row{"'42'", R"("42")"},
                 row{"-7", "-7"},
                 row{"+7", "7"},
                 row{"007", "7"},
                 row{"-0", "0"},
                 row{"0x1F", "31"},
                 row{"0o17", "15"},
                 row{"123456789012345678901234567890", "123456789012345678901234567890"},
                 row{"1.5", "1.5"},
                 row{".5", "0.5"},
                 row{"1.", "1"},
                 row{"1e3", "1000"},
                 row{"0x", R"("0x")"},
                 row{"1.2.3", R"("1.2.3")"},
                 row{"2026-08-01", R"("2026-08-01")"},
                 row{"a \"b\"", R"("a \"b\"")"},
                 row{"[1, [a]]", R"([1,["a"]])"},
                 row{"{a: {b: null}}", R"({"a":{"b":null}})"},
                 row{"[]", "[]"},
                 row{"{}", "{}"},
             }) {
            CAPTURE(yaml);
            CHECK(to_json(parsed(yaml)) == json);
        }
    }

    TEST_CASE("to_json: infinity and not-a-number -> nothing, however deep")
    {
        for (std::string_view text : {".inf", "-.Inf", ".nan", "[1, {a: .NaN}]"})
            CHECK(!to_json(parsed(text)));
        CHECK(to_json(parsed("'.inf'")) == R"(".inf")");
    }
}

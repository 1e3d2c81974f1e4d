#include "config/tree/outline.hpp"
#include "config/tree/yaml.hpp"

#include <doctest/doctest.h>

#include <variant>

namespace {

config::outline outline_of(std::string const& yaml)
{
    auto const parsed = config::parse_yaml(yaml);
    REQUIRE(std::holds_alternative<config::node>(parsed));
    return config::outline_of(std::get<config::node>(parsed));
}

using changes = std::vector<config::changed_part>;

changes between(std::string const& before, std::string const& after)
{
    return config::changes_between(outline_of(before), outline_of(after));
}

}  // namespace

TEST_SUITE("config/tree/outline")
{
    using config::part_change;

    TEST_CASE("outline_of: a section's members, a list's items by name, and single values")
    {
        auto const made = outline_of("issuer: urn:a\nlimits: {json_depth: 5, body_bytes: 2KiB}\n"
                                     "callers: [{name: a, uid: 1}, {name: b, uid: 2}]\n");
        std::vector<std::string> paths;
        for (auto const& [path, _] : made)
            paths.push_back(path);
        CHECK(
            paths
            == std::vector<
                std::
                    string>{"callers.a", "callers.b", "issuer", "limits.body_bytes", "limits.json_depth"}
        );
    }

    TEST_CASE("changes_between: what was added, removed and changed, and nothing else")
    {
        CHECK(
            between(
                "callers: [{name: a, uid: 1}, {name: b, uid: 2}]\nlimits: {json_depth: 5}\n",
                "callers: [{name: b, uid: 3}, {name: c, uid: 2}]\nlimits: {json_depth: 5}\n"
            )
            == changes{{"callers.a", part_change::removed}, {"callers.b", part_change::changed}, {"callers.c", part_change::added}}
        );
    }

    TEST_CASE("changes_between: a key that follows another of its series changes the series")
    {
        CHECK(
            between(
                "keys: [{name: s, file: a}]\n", "keys: [{name: s, file: a}, {name: s, file: b}]\n"
            )
            == changes{{"keys.s", part_change::changed}}
        );
    }

    TEST_CASE("changes_between: comments and another order of sections change nothing")
    {
        CHECK(between("a: 1\nb: {c: 2}\n", "# text\nb: {c: 2}\na: 1\n").empty());
        CHECK(!between("a: \"1\"\n", "a: 1\n").empty());
    }

    TEST_CASE("outline_of: contains nothing of the values")
    {
        auto const made = outline_of("issuers: [{name: a, headers: {X: a-secret-of-mine}}]\n");
        CHECK(made.at("issuers.a").find("secret") == std::string::npos);
        CHECK(made.at("issuers.a").size() == 43);  // SHA-256 in base64url
    }
}

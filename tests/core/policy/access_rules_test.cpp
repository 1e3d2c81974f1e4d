#include "core/policy/access_rules.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

access_rule rule(std::string path, std::vector<std::string> methods = {})
{
    access_rule made;
    made.path = std::move(path);
    made.methods = std::move(methods);
    return made;
}

/// The index of the rule that decides; -1 = none.
int decided(access_rules const& rules, std::string_view method, std::string_view path)
{
    auto const* const found = rules.match(method, path);
    return found == nullptr ? -1 : static_cast<int>(found - rules.all().data());
}

std::string shadow(std::vector<access_rule> const& rules)
{
    auto const found = shadowed_rule(rules);
    return found ? std::to_string(found->first) + " by " + std::to_string(found->second) : "none";
}

}  // namespace

TEST_SUITE("core/policy/access_rules")
{
    TEST_CASE("match: the first rule of the path that has the method")
    {
        access_rules const rules({
            rule("/orders/{id}", {"GET", "HEAD"}),
            rule("/orders/{id}", {"DELETE"}),
            rule("/orders/**"),
            rule("/**", {"GET"}),
        });
        CHECK(decided(rules, "GET", "/orders/1") == 0);
        CHECK(decided(rules, "DELETE", "/orders/1") == 1);
        CHECK(decided(rules, "PUT", "/orders/1") == 2);
        CHECK(decided(rules, "GET", "/orders/1/lines") == 2);
        CHECK(decided(rules, "GET", "/") == 3);
        CHECK(decided(rules, "POST", "/") == -1);
        CHECK(decided(rules, "get", "/") == -1);
        CHECK(decided(rules, "", "/") == -1);
    }

    TEST_CASE("match: an escaped letter meets the same rule")
    {
        access_rules const rules({rule("/admin/**", {"GET"}), rule("/a b"), rule("/{x}")});
        CHECK(decided(rules, "GET", "/%61dmin/x") == 0);
        CHECK(decided(rules, "GET", "/a%20b") == 1);
        CHECK(decided(rules, "GET", "/caf%C3%A9") == 2);
    }

    TEST_CASE("match: a path that read_target would refuse by its escapes meets no rule")
    {
        access_rules const rules({rule("/**")});
        for (auto const* path : {"/a%2fb", "/%5c", "/%25", "/%", "/%4", "a", ""}) {
            CAPTURE(path);
            CHECK(decided(rules, "GET", path) == -1);
        }
    }

    TEST_CASE("match: without rules nothing matches")
    {
        access_rules const rules;
        CHECK(rules.empty());
        CHECK(decided(rules, "GET", "/") == -1);
    }

    TEST_CASE("match: a copy outlives what it was copied from")
    {
        access_rules copy;
        {
            access_rules const rules({rule("/a"), rule("/b")});
            copy = rules;
        }
        CHECK(decided(copy, "GET", "/b") == 1);
    }

    TEST_CASE("shadowed_rule: a rule whose requests earlier ones take can never match")
    {
        CHECK(shadow({rule("/a/**"), rule("/a/b")}) == "1 by 0");
        CHECK(shadow({rule("/a"), rule("/b"), rule("/a", {"GET"})}) == "2 by 0");
        CHECK(shadow({rule("/a", {"GET", "PUT"}), rule("/a", {"PUT"})}) == "1 by 0");
        CHECK(
            shadow({rule("/a", {"GET"}), rule("/a", {"PUT"}), rule("/a", {"GET", "PUT"})})
            == "2 by 1"
        );
        CHECK(shadow({rule("/{x}/b"), rule("/a/{y}"), rule("/a/b")}) == "2 by 0");
    }

    TEST_CASE("shadowed_rule: a rule that takes one request more may match")
    {
        CHECK(shadow({}) == "none");
        CHECK(shadow({rule("/a/b"), rule("/a/**")}) == "none");
        CHECK(shadow({rule("/a", {"GET"}), rule("/a")}) == "none");
        CHECK(shadow({rule("/a", {"GET"}), rule("/a", {"GET", "PUT"})}) == "none");
        CHECK(shadow({rule("/{x}"), rule("/")}) == "none");
        CHECK(shadow({rule("/a"), rule("/a/")}) == "none");
    }
}

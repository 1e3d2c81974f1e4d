#include "tests/config/sample.hpp"

using namespace sample;
using texts = std::vector<std::string>;

namespace {

std::string with(std::string const& scopes)
{
    return good_issuer + good_keys
        + "verify_profiles:\n  default: {issuers: [self], audiences: [a], scopes: " + scopes
        + "}\n";
}

}  // namespace

TEST_SUITE("config/sections/scope_rules")
{
    TEST_CASE("scopes: a list is all of them, a map has all and any")
    {
        auto const of = [](std::string const& scopes) {
            return settings_of(with(scopes)).verify_profiles.at("default");
        };
        CHECK(of("[a, b]").scopes == texts{"a", "b"});
        CHECK(of("a").scopes == texts{"a"});
        CHECK(of("a").any_scopes.empty());
        auto const both = of("{all: [a], any: [b, c]}");
        CHECK(both.scopes == texts{"a"});
        CHECK(both.any_scopes == texts{"b", "c"});
        CHECK(of("{any: b}").scopes.empty());
    }

    TEST_CASE("scopes: an empty map, an unknown member, one that decides nothing -> problems")
    {
        check_refused({
            {with("{}"), "scopes: is empty"},
            {with("{ayn: a}"), "scopes.ayn: unknown setting, did you mean `any`?"},
            {with("{all: []}"), "scopes.all: is empty"},
            {with("{all: [a], any: [b, a]}"),
             "scopes.any: `a` is in `all`, so that `any` decides nothing"},
        });
    }

    TEST_CASE("scopes: a request may skip them where allow_overrides says so, also with any")
    {
        auto const text = with("{any: [a]}, allow_overrides: [scope]");
        CHECK(settings_of(text).verify_profiles.at("default").allow_overrides == texts{"scope"});
    }
}

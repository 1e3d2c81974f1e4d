#include "tests/config/sample.hpp"

using namespace sample;
using kind = core::claim_rule::kind;
using texts = std::vector<std::string>;

namespace {

std::string with(std::string const& claims)
{
    return good_issuer + good_keys
        + "verify_profiles:\n  default: {issuers: [self], audiences: [a], claims: " + claims
        + "}\n";
}

std::vector<core::claim_rule> rules_of(std::string const& claims)
{
    return settings_of(with(claims)).verify_profiles.at("default").claim_rules;
}

void check(std::string const& written, kind is, texts const& values)
{
    CAPTURE(written);
    auto const rules = rules_of("{c: " + written + "}");
    REQUIRE(rules.size() == 1);
    CHECK(rules[0].claim == "c");
    CHECK(rules[0].is == is);
    CHECK(rules[0].values == values);
}

}  // namespace

TEST_SUITE("config/sections/claim_rules")
{
    TEST_CASE("claims: a plain value means equals, with YAML's type of the value")
    {
        check("mine", kind::equals, {R"("mine")"});
        check("1", kind::equals, {"1"});
        check("\"1\"", kind::equals, {R"("1")"});
        check("true", kind::equals, {"true"});
        check("0x1f", kind::equals, {"31"});
    }

    TEST_CASE("claims: equals, one_of and contains")
    {
        check("{equals: mine}", kind::equals, {R"("mine")"});
        check("{equals: [a, 1]}", kind::equals, {R"(["a",1])"});
        check("{equals: {a: b}}", kind::equals, {R"({"a":"b"})"});
        check("{one_of: [a, 2]}", kind::one_of, {R"("a")", "2"});
        check("{one_of: a}", kind::one_of, {R"("a")"});
        check("{contains: admin}", kind::contains, {R"("admin")"});
        check("{contains: [a, b]}", kind::contains, {R"("a")", R"("b")"});
    }

    TEST_CASE("claims: names and JSON pointers, in the order of the file")
    {
        auto const rules = rules_of("{tid: t, /realm_access/roles: {contains: admin}, a.b: c}");
        REQUIRE(rules.size() == 3);
        CHECK(rules[0].claim == "tid");
        CHECK(rules[1].claim == "/realm_access/roles");
        CHECK(rules[2].claim == "a.b");
    }

    TEST_CASE("claims: what no claim can be, or says nothing -> problems")
    {
        constexpr std::string_view one = "needs one of `equals`, `one_of` and `contains`";
        check_refused({
            {with("{}"), "claims: is empty"},
            {with("[a]"), "claims: must be a map"},
            {with("{c: [a, b]}"), "claims.c: is a list: write {one_of: […]}"},
            {with("{c: {}}"), one},
            {with("{c: {equals: a, one_of: [b]}}"), one},
            {with("{c: {equal: a}}"), "claims.c.equal: unknown setting, did you mean `equals`?"},
            {with("{c: }"), "claims.c: has no value"},
            {with("{c: {equals: }}"), "claims.c.equals: has no value"},
            {with("{c: {one_of: []}}"), "claims.c.one_of: is empty"},
            {with("{c: {contains: []}}"), "claims.c.contains: is empty"},
            {with("{c: {one_of: [a, a]}}"), "claims.c.one_of[1]: \"a\" appears here twice"},
            {with("{c: {one_of: [a, null]}}"), "claims.c.one_of[1]: has no value"},
            {with("{c: .inf}"), "claims.c: has a value that JSON cannot hold"},
            {with("{/a~2: b}"), "claims./a~2: is neither a claim nor a JSON pointer"},
        });
    }

    TEST_CASE("claims: no request may skip them")
    {
        CHECK(load(with("{tid: a}, required: [tid], allow_overrides: [tid]"))
                  .says("allow_overrides: `tid` cannot be skipped: it is in `claims`"));
    }

    TEST_CASE("claims, scopes: also in a profile for the tokens of callers")
    {
        auto const got = settings_of(
            good_issuer + good_keys
            + "issuers: [{name: c, issuer: \"https://c.example\", jwks_uri: "
              "\"https://c.example/keys\"}]\n"
              "verify_profiles:\n  c: {for: callers, issuers: [c], audiences: [s], max_lifetime: "
              "1h, "
              "claims: {tid: t}, scopes: {any: [a, b]}}\n"
        );
        auto const& profile = got.verify_profiles.at("c");
        CHECK(profile.claim_rules.size() == 1);
        CHECK(profile.any_scopes == texts{"a", "b"});
    }
}

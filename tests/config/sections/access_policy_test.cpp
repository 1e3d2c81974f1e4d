#include "tests/config/sample.hpp"

using namespace sample;
using texts = std::vector<std::string>;

namespace {

std::string with(std::string const& members)
{
    return good_issuer + good_keys + "verify_profiles:\n  p: {issuers: [self], audiences: [a], "
        + members + "}\n";
}

core::access_policy policy_of(std::string const& members)
{
    return settings_of(with(members)).verify_profiles.at("p").access;
}

std::string rules(std::string const& items)
{
    return with("rules: [" + items + "]");
}

/// One path more than may be exempt.
std::string many_paths()
{
    std::string paths = "/a";
    for (int i = 0; i < 64; ++i)
        paths += ", /" + std::to_string(i);
    return paths;
}

}  // namespace

TEST_SUITE("config/sections/access_policy")
{
    TEST_CASE("rules: methods, a path, scopes and claims, in the order of the file")
    {
        auto const policy = policy_of(
            "rules: [{methods: [GET, HEAD], path: \"/orders/{id}/**\", scopes: {any: [r, w]}, "
            "claims: {tid: t}}, {path: /**, scopes: w}]"
        );
        auto const all = policy.rules.all();
        REQUIRE(all.size() == 2);
        CHECK(all[0].methods == texts{"GET", "HEAD"});
        CHECK(all[0].path == "/orders/{id}/**");
        CHECK(all[0].scopes.any == texts{"r", "w"});
        CHECK(all[0].claims.at(0).claim == "tid");
        CHECK(all[1].methods.empty());
        CHECK(all[1].scopes.all == texts{"w"});
        CHECK(policy.rules.match("GET", "/orders/1/lines") == all.data());
        CHECK(policy.rules.match("POST", "/orders/1/lines") == all.data() + 1);
        CHECK(policy.reads_requests());
    }

    TEST_CASE("exempt, allow_cors_preflight: read, and without them nothing passes without a token")
    {
        auto const policy = policy_of("exempt: [/health, /public/**], allow_cors_preflight: true");
        CHECK(policy.exempt == texts{"/health", "/public/**"});
        CHECK(policy.allow_cors_preflight);
        CHECK(policy.rules.empty());
        CHECK(!policy_of("allow_cors_preflight: false").reads_requests());
    }

    TEST_CASE("rules: what cannot be a rule -> problems")
    {
        check_refused({
            {with("rules: []"), "rules: is empty"},
            {with("rules: {path: /}"), "rules: must be a list"},
            {rules("a"), "rules[0]: must be a map of settings"},
            {rules("{}"), "rules[0]: needs a `path`"},
            {rules("{paths: /a}"), "rules[0].paths: unknown setting, did you mean `path`?"},
            {rules("{path: /a, methods: []}"), "rules[0].methods: is empty"},
            {rules("{path: /a, methods: [get]}"), "`get` must be in capital letters"},
            {rules("{path: /a, methods: [\"GE T\"]}"), "`GE T` is not a method"},
            {rules("{path: /a, scopes: {}}"), "rules[0].scopes: is empty"},
            {rules("{path: /a, claims: {a: [b]}}"), "rules[0].claims.a: is a list"},
        });
    }

    TEST_CASE("rules: a path that no accepted request has -> a problem of its path")
    {
        for (auto const* path :
             {"orders", "/a//b", "/a/../b", "/./a", "/a;b", "/a%20b", "/a?b", "/a#b", "/a\\b", "/é",
              "/**/a", "/a*", "/{}", "/a{b}"}) {
            CAPTURE(path);
            auto const got = load(rules("{path: '" + std::string(path) + "'}"));
            CAPTURE(got.problems);
            CHECK(got.says("verify_profiles.p.rules[0].path: "));
        }
    }

    TEST_CASE("rules: one that can never match is a problem that names both")
    {
        check_refused({
            {rules("{path: /a/**}, {path: \"/a/{id}\"}"),
             "rules[1]: can never match: verify_profiles.p.rules[0] (`/a/**`) comes before it"},
            {rules("{path: /a}, {path: /b}, {path: /a, methods: GET}"),
             "rules[2]: can never match: verify_profiles.p.rules[0] (`/a`)"},
            {with("exempt: /public/**, rules: [{path: /b}, {path: /public/a}]"),
             "rules[1]: can never match: `/public/**` is exempt"},
        });
        CHECK(load(rules("{path: /a, methods: GET}, {path: /a}")).settings.has_value());
        CHECK(load(rules("{path: /a/b}, {path: /a/**}")).settings.has_value());
    }

    TEST_CASE("rules: more than the limit -> a problem")
    {
        std::string items;
        for (int i = 0; i <= 4096; ++i)
            items += (i == 0 ? "" : ", ") + ("{path: /" + std::to_string(i)) + "}";
        CHECK(load(rules(items)).says("rules: has more than 4096 rules"));
    }

    TEST_CASE("exempt: what is neither a path nor a prefix, or decides nothing -> problems")
    {
        check_refused({
            {with("exempt: []"), "exempt: is empty"},
            {with("exempt: public"), "exempt: `public` cannot be used"},
            {with("exempt: /a%2fb"), "exempt: `/a%2fb` cannot be used"},
            {with("exempt: \"/a/{id}\""), "is neither a path nor a prefix such as /public/**"},
            {with("exempt: /**"), "exempt: `/**` exempts every request"},
            {with("exempt: [/a/**, /a/b]"), "`/a/b` and `/a/**` exempt the same requests"},
            {with("exempt: [/a/b, /a/**]"), "`/a/**` and `/a/b` exempt the same requests"},
            {with("exempt: [" + many_paths() + "]"), "exempt: has more than 64 paths"},
            {with("allow_cors_preflight: yes"), "allow_cors_preflight: must be true or false"},
        });
    }
}

#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string profile(std::string const& name, std::string const& more)
{
    return good_issuer + good_keys + "verify_profiles:\n  " + name
        + ": {issuers: [self], audiences: [a]" + (more.empty() ? "" : ", " + more) + "}\n";
}

std::string const on_socket = "listen: unix:/run/a.sock";

}  // namespace

TEST_SUITE("config/checks/check_gateways")
{
    TEST_CASE("server.default_auth_dialect: plain by default, and never envoy")
    {
        CHECK(settings_of(good).server.default_auth_dialect == config::dialect::plain);
        auto const got =
            settings_of("server: {default_auth_dialect: nginx, " + on_socket + "}\n" + good);
        CHECK(got.server.default_auth_dialect == config::dialect::nginx);
        CHECK(load("server: {default_auth_dialect: envoy}\n" + good)
                  .says("server.default_auth_dialect: must be plain, forward or nginx"));
    }

    TEST_CASE("server.default_auth_dialect: the profile of /auth must name it")
    {
        constexpr std::string_view text = "in its `dialects`";
        auto const rules = std::string("rules: [{path: /a}]");
        CHECK(load("server: {default_auth_profile: p}\n" + profile("p", rules)).says(text));
        CHECK(
            load("server: {default_auth_dialect: nginx}\n" + profile("default", "dialects: envoy"))
                .says(text)
        );
        CHECK(load(profile("default", rules)).warns(text));
        auto const good_one = load(
            "server: {default_auth_dialect: nginx, default_auth_profile: p}\n" + profile("p", rules)
        );
        INFO(good_one.problems);
        CHECK(good_one.settings.has_value());
    }

    TEST_CASE("dialects: only plain is only for the profile of /auth itself")
    {
        CHECK(
            load(profile("p", "dialects: plain"))
                .says("verify_profiles.p.dialects: `plain` is only for the profile of /auth itself")
        );
        CHECK(load(profile("default", "dialects: plain")).settings.has_value());
    }

    TEST_CASE("headers: of any profile that a gateway can choose")
    {
        CHECK(load(profile("p", "headers: {X-A: sub}")).settings.has_value());
        CHECK(load(profile("p", "headers: {X-A: sub}, dialects: envoy")).settings.has_value());
    }

    TEST_CASE("server.trusted_proxies: addresses and ranges, for TCP listeners that open auth")
    {
        auto const got =
            settings_of("server: {trusted_proxies: [10.0.0.0/8, \"fd00::1\"]}\n" + good);
        REQUIRE(got.server.trusted_proxies.size() == 2);
        CHECK(got.server.trusted_proxies[0] == *core::parse_cidr("10.0.0.0/8"));
        CHECK(got.server.trusted_proxies[1].prefix_bits == 128);
        CHECK(settings_of(good).server.trusted_proxies.empty());
        check_refused({
            {"server: {trusted_proxies: []}\n" + good, "server.trusted_proxies: is empty"},
            {"server: {trusted_proxies: [gateway]}\n" + good, "`gateway` is not a range"},
            {"server: {trusted_proxies: [10.1.0.0/8]}\n" + good, "`10.1.0.0/8` is not a range"},
            {"server: {trusted_proxies: 10.0.0.1, " + on_socket + "}\n" + good,
             "server.trusted_proxies: no TCP listener opens auth"},
        });
    }
}

TEST_SUITE("config/checks/warn_of_gateways")
{
    TEST_CASE("warnings: a profile that no gateway is trusted to use")
    {
        constexpr std::string_view text = "verify_profiles.p: no gateway may use it";
        for (auto const* more :
             {"rules: [{path: /a}]", "token_sources: {cookie: c}", "dialects: envoy"}) {
            CAPTURE(more);
            CHECK(load(profile("p", more)).warns(text));
            CHECK(!load("server: {trusted_proxies: 10.0.0.1}\n" + profile("p", more)).warns(text));
            CHECK(!load("server: {" + on_socket + "}\n" + profile("p", more)).warns(text));
        }
        CHECK(!load(profile("p", "")).warns(text));
        auto const asks = "server: {default_auth_dialect: nginx}\n" + good;
        CHECK(load(asks).warns("server.default_auth_dialect: no gateway is trusted"));
    }

    TEST_CASE("warnings: everyone is a trusted proxy")
    {
        constexpr std::string_view text = "server.trusted_proxies: lets everyone say";
        CHECK(load("server: {trusted_proxies: 0.0.0.0/0}\n" + good).warns(text));
        CHECK(load("server: {trusted_proxies: \"::/0\"}\n" + good).warns(text));
        CHECK(!load("server: {trusted_proxies: 10.0.0.0/8}\n" + good).warns(text));
    }

    TEST_CASE("warnings: a dotted name that looks like a way to a member")
    {
        constexpr std::string_view text =
            "`a.b` is the name of one claim: a member of another claim is written `/a/b`";
        CHECK(load(profile("p", "headers: {X-A: a.b}")).warns(text));
        CHECK(load(profile("p", "claims: {a.b: c}")).warns(text));
        CHECK(load(profile("p", "rules: [{path: /a, claims: {a.b: c}}]")).warns(text));
        auto const is_quiet = [](std::string const& claim) {
            return !load(profile("p", "headers: {X-A: \"" + claim + "\"}"))
                        .warns("is the name of one");
        };
        CHECK(is_quiet("https://a.example/roles"));
        CHECK(is_quiet("/a.b/c"));
        CHECK(is_quiet("sub"));
    }

    TEST_CASE("warnings: free text in a header without encode")
    {
        constexpr std::string_view text = "may hold any text";
        CHECK(load(profile("p", "headers: {X-A: name}")).warns(text));
        CHECK(load(profile("p", "headers: {X-A: {claim: /profile/nickname}}")).warns(text));
        CHECK(!load(profile("p", "headers: {X-A: {claim: name, encode: percent}}")).warns(text));
        CHECK(!load(profile("p", "headers: {X-A: sub}")).warns(text));
    }

    TEST_CASE("warnings: tokens in URLs")
    {
        constexpr std::string_view text = "token_sources: takes tokens from URLs";
        CHECK(load(profile("p", "token_sources: {query: t}")).warns(text));
        CHECK(!load(profile("p", "token_sources: {cookie: t}")).warns(text));
    }
}

#include "core/keys/jwk_write.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string a_key()
{
    core::jwk key;
    key.material = core::crypto::generate(core::key_family::p256, 0).value();
    core::derive_kid(key);
    std::string text;
    core::append_public_jwk(text, key);
    return text;
}

/// A cluster whose tokens are callers', and further lines.
std::string
cluster(std::string_view profile = "", std::string_view callers = "", std::string_view more = "")
{
    static std::string const key = a_key();
    std::string_view const usual =
        "{for: callers, issuers: [cluster], audiences: [signet], max_lifetime: 2h}";
    std::string_view const caller =
        "{name: app, jwt: {profile: cluster, iss: \"https://c.example\", sub: orders}}";
    return good_issuer + good_keys + good_sign
        + "issuers: [{name: cluster, issuer: \"https://c.example\", jwks: {keys: [" + key
        + "]}}]\nverify_profiles:\n  cluster: " + std::string(profile.empty() ? usual : profile)
        + "\n" + std::string(more) + "callers: [" + std::string(callers.empty() ? caller : callers)
        + "]\n";
}

std::string for_callers(std::string_view members)
{
    return "{for: callers, " + std::string(members) + "}";
}

constexpr std::string_view limits = "issuers: [cluster], audiences: [signet], max_lifetime: 2h";

}  // namespace

TEST_SUITE("config/checks/check_callers")
{
    TEST_CASE("callers: what proves one caller proves no other")
    {
        auto const two = [](std::string_view one, std::string_view other) {
            return "callers: [{name: a, " + std::string(one) + "}, {name: b, " + std::string(other)
                + "}]\n";
        };
        auto const digest = std::string(64, 'a'), other = std::string(64, 'b');
        check_refused({
            {two("uid: 1", "uid: 1"), "callers[1].uid: is the same as that of callers[0]"},
            {two("gid: 1", "gid: 1"), "callers[1].gid: is the same"},
            {two("secret_sha256: " + digest, "secret_sha256: [" + other + ", " + digest + "]"),
             "callers[1].secret_sha256: is the same"},
            {two("mtls_san: {uri: \"urn:a\"}", "mtls_san: {uri: \"urn:a\"}"),
             "callers[1].mtls_san.uri: is the same"},
            {two("mtls_san: {spiffe: \"spiffe://d/a\"}", "mtls_san: {spiffe: \"spiffe://d/a\"}"),
             "callers[1].mtls_san.spiffe: is the same"},
            {two("mtls_san: {dns: A.example}", "mtls_san: {dns: a.Example}"),
             "callers[1].mtls_san.dns: is the same"},
            {cluster(
                 "",
                 "{name: app, jwt: {profile: cluster, iss: \"https://c.example\", sub: s}}, "
                 "{name: b, jwt: {profile: cluster, iss: \"https://c.example\", sub: s}}"
             ),
             "callers[1].jwt: is the same"},
        });
        auto const fine = settings_of(
            good_issuer + good_keys
            + two("uid: 1, mtls_san: {dns: a.example}", "gid: 1, mtls_san: {uri: \"urn:a\"}")
        );
        CHECK(fine.callers.size() == 2);
    }

    TEST_CASE("callers: a token of a cluster's workload")
    {
        auto const got = settings_of(cluster());
        CHECK(got.verify_profiles.at("cluster").is_for_callers);
        auto const& token = *got.callers.at(0).jwt;
        CHECK(token.profile == "cluster");
        CHECK(token.iss == "https://c.example");
        CHECK(token.sub == "orders");
        CHECK(!load(cluster()).warns("callers"));
    }

    TEST_CASE("callers: a token needs a profile for callers, and its issuer")
    {
        check_refused({
            {cluster("", "{name: app, jwt: {profile: clutser, iss: a, sub: b}}"),
             "callers[0].jwt.profile: there is no verify profile `clutser`, did you mean "
             "`cluster`?"},
            {cluster(
                 "", "{name: app, jwt: {profile: cluster, iss: \"https://c.example/\", sub: b}}"
             ),
             "callers[0].jwt.iss: is not the `issuer` of `cluster`"},
            {cluster("{issuers: [cluster], audiences: [signet], max_lifetime: 2h}"),
             "callers[0].jwt.profile: verify profile `cluster` has no `for: callers`"},
        });
    }

    TEST_CASE("verify_profiles: one for callers is bounded, and for nothing else")
    {
        auto const with = [](std::string_view members) {
            return cluster(for_callers(std::string(limits) + ", " + std::string(members)));
        };
        check_refused({
            {cluster("{for: caller, " + std::string(limits) + "}"), "for: must be callers"},
            {cluster(for_callers("issuers: [cluster], audiences: [signet]")),
             "verify_profiles.cluster: needs a `max_lifetime`"},
            {cluster(for_callers("issuers: [cluster], audiences: none, max_lifetime: 1h")),
             "verify_profiles.cluster.audiences: must name an audience that only Signet has"},
            {cluster(for_callers("issuers: [cluster], max_lifetime: 1h")),
             "verify_profiles.cluster: needs `audiences`"},
            {cluster(for_callers("issuers: [cluster, self], audiences: [signet], max_lifetime: 1h")
             ),
             "verify_profiles.cluster.issuers: must be only one"},
            {cluster(for_callers("issuers: [self], audiences: [signet], max_lifetime: 1h")),
             "verify_profiles.cluster.issuers: `self` is ours"},
            {cluster(for_callers("mode: jws, series: [sig]")), "mode: must be jwt"},
            {with("no_exp: true"), "no_exp: has no place in a profile `for: callers`"},
            {with("allow_overrides: [exp]"), "allow_overrides: has no place"},
            {with("callers: [app]"), "callers: has no place"},
            {with("headers: {X-A: sub}"), "headers: has no place"},
            {with("decrypt: box"), "decrypt: has no place"},
            {cluster("", "", "  other: {issuers: [cluster], audiences: [api, signet]}\n"),
             "verify_profiles.cluster.audiences: `signet` is also an audience of `other`"},
            {cluster(
                 "", "",
                 "  second: {for: callers, issuers: [cluster], audiences: [two], "
                 "max_lifetime: 1h}\n"
             ),
             "verify_profiles.second.issuers: `cluster` is also the issuer of `cluster`"},
            {cluster() + "server: {default_auth_profile: cluster}\n",
             "server.default_auth_profile: verify profile `cluster` is only for tokens of callers"},
        });
    }

    TEST_CASE("verify_profiles: a series of ours is no issuer of callers")
    {
        check_refused({{
            "keys: [{name: mac, kid: m, alg: HS256, generate: true, issuer: \"urn:m\"}]\n"
            "verify_profiles: {p: {for: callers, issuers: [mac], audiences: [s], max_lifetime: "
            "1h}}\n",
            "verify_profiles.p.issuers: `mac` is ours: whoever may sign with it could be any "
            "caller",
        }});
    }

    TEST_CASE("callers: lists that take away name what exists, and what the caller has")
    {
        auto const box =
            "keys: [{name: sig, generate: true}, {name: box, use: enc, generate: true, "
            "callers: [app]}, {name: safe, use: enc, generate: true}]\n";
        auto const with = [&](std::string_view members) {
            return good_issuer + box + good_sign + "callers: [{name: app, uid: 1, "
                + std::string(members) + "}, {name: web, uid: 2, sign_profiles: []}]\n";
        };
        CHECK(load(with("sign_profiles: [access], decrypt_series: [box]")).settings.has_value());
        check_refused({
            {with("sign_profiles: [acess]"),
             "callers[0].sign_profiles: there is no sign profile `acess`, did you mean `access`?"},
            {with("decrypt_series: [box2]"),
             "callers[0].decrypt_series: there is no series `box2`"},
            {with("decrypt_series: [sig]"), "callers[0].decrypt_series: series `sig` signs"},
            {with("decrypt_series: [safe]"),
             "callers[0].decrypt_series: neither `safe` nor a profile that decrypts with it names"},
            {good_issuer + good_keys + good_sign
                 + "callers: [{name: app, uid: 1}, {name: web, uid: 2, sign_profiles: [access]}]\n",
             "callers[1].sign_profiles: `access` does not name this caller in its `callers`"},
        });
    }
}

#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string warnings_of(std::string const& yaml, environment variables = {})
{
    auto got = load(yaml, std::move(variables));
    INFO(got.problems);
    REQUIRE(got.settings.has_value());
    return got.warnings;
}

bool has(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("config/checks/warnings")
{
    TEST_CASE("warnings: sign beyond this machine; not on loopback or a socket")
    {
        auto const listen = [](std::string const& at) {
            return warnings_of(
                "server: {listen: [{address: \"" + at + "\", endpoints: [sign]"
                + (at.front() == '0' || at.starts_with("[::]") ? ", allow_plaintext: true" : "")
                + "}]}\n"
            );
        };
        CHECK(has(listen("0.0.0.0:1"), "0.0.0.0:1 opens sign beyond this machine"));
        CHECK(has(listen("[::]:1"), "[::]:1 opens sign beyond this machine"));
        CHECK(!has(listen("127.0.0.1:1"), "opens sign"));
        CHECK(!has(listen("unix:/run/a.sock"), "opens sign"));
        CHECK(!has(warnings_of("server: {listen: 0.0.0.0:1}\n"), "opens sign"));
    }

    TEST_CASE("warnings: verify beyond this machine without TLS, with a profile that needs callers")
    {
        auto const profile = [](std::string const& more) {
            return "server: {listen: 0.0.0.0:1}\nissuer: https://a.example\n" + good_keys
                + "verify_profiles: {default: {issuers: [self], audiences: [api]" + more + "}}\n"
                + good_callers;
        };
        CHECK(has(warnings_of(profile(", callers: [app]")), "opens verify beyond this machine"));
        CHECK(!has(warnings_of(profile("")), "opens verify"));
    }

    TEST_CASE("warnings: an audit log that is never synced")
    {
        auto const log = [](std::string const& more) {
            return warnings_of("audit: {file: /var/log/audit.log" + more + "}\n");
        };
        CHECK(has(log(", fsync: never"), "audit.fsync: records that were written may be lost"));
        CHECK(!has(log(""), "audit.fsync"));
        CHECK(!has(log(", fsync: always"), "audit.fsync"));
    }

    TEST_CASE("warnings: inline keys where strangers reach an endpoint that takes them")
    {
        auto const inline_at = [](std::string const& at, std::string const& endpoint) {
            return has(
                warnings_of(
                    "server: {listen: [{address: \"" + at + "\", endpoints: [verify]}]}\n"
                    + "inline_keys: {endpoints: [" + endpoint + "]}\n"
                ),
                "may use keys of their own"
            );
        };
        CHECK(inline_at("0.0.0.0:1", "verify"));
        CHECK(!inline_at("0.0.0.0:1", "sign"));
        CHECK(!inline_at("127.0.0.1:1", "verify"));
    }

    TEST_CASE("warnings: a proxy in the environment that fetches do not use")
    {
        auto const of = [](std::string const& more, std::string const& variable) {
            return warnings_of(
                "issuers: [{name: corp, issuer: https://id.example, "
                "jwks_uri: https://id.example/jwks"
                    + more + "}]\n",
                {{variable, "http://user:hunter2@proxy.example:3128"}}
            );
        };
        for (auto const* name : {"HTTPS_PROXY", "https_proxy"}) {
            auto const said = of("", name);
            CHECK(has(said, "issuers[0].proxy_url"));
            CHECK(has(said, std::string("the environment has ") + name));
            CHECK(!has(said, "hunter2"));
        }
        CHECK(!has(of(", proxy_url: \"http://proxy.example:3128\"", "HTTPS_PROXY"), "_PROXY"));
        CHECK(!has(of("", "NO_PROXY"), "_PROXY"));
        CHECK(!has(warnings_of(good, {{"HTTPS_PROXY", "http://p:1"}}), "_PROXY"));
    }

    TEST_CASE("warnings: administration beyond this machine; probes are meant for it")
    {
        CHECK(has(
            warnings_of("admin: {listen: {address: \"0.0.0.0:9090\", allow_plaintext: true}}\n"),
            "opens administration"
        ));
        CHECK(!has(warnings_of("admin: {probes: 0.0.0.0:9091}\n"), "administration"));
    }

    TEST_CASE("warnings: keys that are generated, weak or come from the environment")
    {
        CHECK(has(warnings_of(good), "keys[0].generate: makes a new key at each start"));
        auto const secret = warnings_of(
            "keys: [{name: a, kid: a, secret: \"env:A\", allow_weak_hmac: true}]\n", {{"A", "x"}}
        );
        CHECK(has(secret, "keys[0]: a secret in the environment"));
        CHECK(has(secret, "keys[0].allow_weak_hmac: allows secrets that can be guessed"));
        CHECK(
            has(warnings_of("inline_keys: {endpoints: [verify], allow_weak_hmac: true}\n"),
                "inline_keys.allow_weak_hmac: allows")
        );
    }

    TEST_CASE("warnings: jwt-pro's tokens are read for moving away from them only")
    {
        auto const item =
            std::string("keys: [{name: a, kid: a, generate: true, alg: HS256, issuer: urn:a");
        auto const text = "keys[0].compat: reads payloads that were encrypted without JWE";
        CHECK(has(warnings_of(item + ", compat: jwt_pro}]\n"), text));
        CHECK(!has(warnings_of(item + "}]\n"), text));
        auto const sign = "sign_profiles: {p: {key: a, ttl: 1m}}\n";
        CHECK(
            has(warnings_of(item + ", compat: jwt_pro}]\n" + sign),
                "sign_profiles.p.key: signs new tokens")
        );
        CHECK(!has(warnings_of(item + "}]\n" + sign), "sign_profiles.p.key"));
    }

    TEST_CASE("warnings: profiles that admit much, or nobody")
    {
        auto const got = warnings_of(
            good_issuer + good_keys
            + "verify_profiles: {default: {issuers: self, audiences: none, leeway: 121s, no_exp: "
              "true}}\nsign_profiles: {p: {key: sig, ttl: 1m, allowed_claims: \"*\"}}\n"
        );
        CHECK(has(got, "verify_profiles.default.leeway: is more than clocks need"));
        CHECK(has(got, "verify_profiles.default.no_exp: admits tokens that never expire"));
        CHECK(has(got, "sign_profiles.p.allowed_claims: lets its callers claim anything"));
        CHECK(has(got, "sign_profiles.p: has no `callers`, so nobody may use it"));
    }

    TEST_CASE("warnings: a careful configuration has none but the generated key's")
    {
        auto const got = warnings_of(good + "server: {listen: \"unix:/run/a.sock\"}\n");
        CHECK(std::ranges::count(got, '\n') == 1);
    }

    TEST_CASE(
        "warnings: issuers whose keys may be replaced on the way, are kept too long or too short"
    )
    {
        auto const fetched = [](std::string const& more) {
            return warnings_of(
                "issuers: [{name: a, issuer: urn:a, jwks_uri: \"https://a.example/jwks\"" + more
                + "}]\n"
            );
        };
        CHECK(!has(fetched(""), "issuers[0]"));
        CHECK(has(fetched(", allow_insecure_http: true"), "replace the issuer's keys"));
        CHECK(has(fetched(", stale_if_error: unbounded"), "the issuer withdrew stays valid"));
        CHECK(has(fetched(", allow_cidrs: [169.254.0.0/16]"), "blocked otherwise"));
        CHECK(
            has(fetched(", proxy_url: \"http://proxy:3128\", proxy_resolves: true"),
                "proxy_resolves: the proxy resolves names")
        );
        CHECK(!has(fetched(", proxy_url: \"http://proxy:3128\""), "issuers[0]"));
        CHECK(has(fetched(", min_ttl: 5s"), "several fetches a minute"));
        CHECK(has(fetched(", min_ttl: 29s, stale_if_error: 0s"), "one slow fetch"));
        CHECK(!has(fetched(", stale_if_error: 0s"), "one slow fetch"));
    }
}

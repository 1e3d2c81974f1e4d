#include "tests/config/sample.hpp"

using namespace sample;
using config::dialect;
using config::dialects;
using config::token_source;

namespace {

std::string with(std::string const& members)
{
    return good_issuer + good_keys + "verify_profiles:\n  p: {issuers: [self], audiences: [a]"
        + (members.empty() ? "" : ", " + members) + "}\n";
}

config::verify_profile profile_of(std::string const& members)
{
    return settings_of(with(members)).verify_profiles.at("p");
}

}  // namespace

TEST_SUITE("config/sections/gateway_settings")
{
    TEST_CASE("dialects: every one but envoy, without plain where the original request decides")
    {
        dialects const usual{dialect::plain, dialect::forward, dialect::nginx};
        dialects const telling{dialect::forward, dialect::nginx};
        CHECK(profile_of("").dialects_ == usual);
        CHECK(profile_of("allow_cors_preflight: false").dialects_ == usual);
        for (auto const* members :
             {"rules: [{path: /a}]", "exempt: /a", "allow_cors_preflight: true",
              "token_sources: [header, {cookie: c}]", "token_sources: {query: t}"}) {
            CAPTURE(members);
            CHECK(profile_of(members).dialects_ == telling);
        }
        CHECK(profile_of("dialects: envoy").dialects_ == dialects{dialect::envoy});
        dialects const two{dialect::nginx, dialect::envoy};
        CHECK(profile_of("dialects: [nginx, envoy], rules: [{path: /a}]").dialects_ == two);
    }

    TEST_CASE("dialects: none for payloads and for callers")
    {
        auto const got = settings_of(
            good_issuer + good_keys
            + "issuers: [{name: c, issuer: \"https://c.example\", jwks_uri: "
              "\"https://c.example/keys\"}]\n"
              "verify_profiles:\n  j: {mode: jws, series: [sig]}\n"
              "  c: {for: callers, issuers: [c], audiences: [s], max_lifetime: 1h}\n"
        );
        CHECK(got.verify_profiles.at("j").dialects_.empty());
        CHECK(got.verify_profiles.at("c").dialects_.empty());
    }

    TEST_CASE("dialects: unknown, repeated, or one that does not tell what decides -> problems")
    {
        constexpr std::string_view untold = "dialects: `plain` does not tell the original request";
        check_refused({
            {with("dialects: []"), "dialects: is empty"},
            {with("dialects: [envy]"), "`envy` is not a dialect, did you mean `envoy`?"},
            {with("dialects: [nginx, nginx]"), "`nginx` appears here twice"},
            {with("dialects: [plain, nginx], rules: [{path: /a}]"), untold},
            {with("dialects: [plain, nginx], exempt: /a"), untold},
            {with("dialects: [plain, nginx], token_sources: {cookie: c}"), untold},
        });
    }

    TEST_CASE("token_sources: the header by default, cookies and parameters by name")
    {
        CHECK(profile_of("").token_sources == std::vector<token_source>{{}});
        CHECK(profile_of("token_sources: header").token_sources == std::vector<token_source>{{}});
        auto const sources =
            profile_of("token_sources: [{cookie: __Host-session}, header, {query: access_token}]")
                .token_sources;
        std::vector<token_source> const wanted{
            {token_source::kind::cookie, "__Host-session"},
            {},
            {token_source::kind::query, "access_token"}};
        CHECK(sources == wanted);
    }

    TEST_CASE("token_sources: what is no place for a token -> problems")
    {
        check_refused({
            {with("token_sources: []"), "token_sources: is empty"},
            {with("token_sources: [body]"), "token_sources[0]: must be header, {cookie: NAME}"},
            {with("token_sources: [{}]"), "token_sources[0]: needs a `cookie` or a `query`"},
            {with("token_sources: [{cookie: a, query: b}]"), "needs a `cookie` or a `query`"},
            {with("token_sources: [{cookie: \"a b\"}]"), "is not the name of a cookie"},
            {with("token_sources: [{query: \"a&b\"}]"), "must have only letters, digits"},
            {with("token_sources: [header, header]"), "token_sources[1]: appears here twice"},
            {with("token_sources: [{cooky: a}]"), "did you mean `cookie`?"},
            {with(
                 "token_sources: [{cookie: a}, {cookie: b}, {cookie: c}, {cookie: d}, {cookie: e}, "
                 "{cookie: f}, {cookie: g}, {cookie: h}, {cookie: i}]"
             ),
             "token_sources: has more than 8 entries"},
        });
    }

    TEST_CASE("realm: signet unless the profile says otherwise, and always a quoted string")
    {
        CHECK(profile_of("").realm == "signet");
        CHECK(profile_of("realm: orders and bills").realm == "orders and bills");
        constexpr std::string_view text = "realm: must be at most 128 printable ASCII characters";
        check_refused({
            {with("realm: 'a\"b'"), text},
            {with("realm: 'a\\b'"), text},
            {with("realm: \"a\\nb\""), text},
            {with("realm: é"), text},
            {with("realm: " + std::string(129, 'a')), text},
            {with("realm: \"\""), "realm: must not be empty"},
        });
    }

    TEST_CASE("decision_max_age: only where nothing but the token decides")
    {
        CHECK(!profile_of("").decision_max_age);
        CHECK(profile_of("decision_max_age: 10s").decision_max_age == std::chrono::seconds{10});
        constexpr std::string_view next_to = "decision_max_age: must not be next to `rules`";
        constexpr std::string_view source = "decision_max_age: needs tokens that are only in the";
        std::string const age = "decision_max_age: 10s, ";
        check_refused({
            {with("decision_max_age: 0s"), "must be from 1s to 1h"},
            {with("decision_max_age: 61m"), "must be from 1s to 1h"},
            {with(age + "rules: [{path: /a}]"), next_to},
            {with(age + "exempt: /a"), next_to},
            {with(age + "allow_cors_preflight: true"), next_to},
            {with(age + "token_sources: [header, {cookie: c}]"), source},
            {with(age + "token_sources: {query: q}"), source},
        });
    }

    TEST_CASE("verify_profiles: settings of /verify decide nothing where only gateways may ask")
    {
        constexpr std::string_view text = ": is for /verify, which cannot use a profile with rules";
        for (auto const* about :
             {"rules: [{path: /a}]", "exempt: /a", "allow_cors_preflight: true"}) {
            CAPTURE(about);
            auto const members = std::string(about) + ", ";
            CHECK(load(good_callers + with(members + "callers: [app]"))
                      .says("callers" + std::string(text)));
            CHECK(load(with(members + "allow_overrides: [exp]"))
                      .says("allow_overrides" + std::string(text)));
        }
    }

    TEST_CASE("verify_profiles: one that only gateways use may decrypt without callers")
    {
        auto const text = [](std::string const& more) {
            return good_issuer
                + "keys: [{name: sig, generate: true}, {name: box, use: enc, generate: true}]\n"
                  "verify_profiles: {p: {issuers: [self], audiences: [a], decrypt: box"
                + more + "}}\n";
        };
        CHECK(load(text("")).says("verify_profiles.p: needs `callers`"));
        CHECK(load(text(", rules: [{path: /a}]")).settings.has_value());
    }

    TEST_CASE("verify_profiles: each member about gateways is a problem for payloads and callers")
    {
        for (auto const* member :
             {"rules: [{path: /a}]", "exempt: /a", "allow_cors_preflight: true", "dialects: nginx",
              "token_sources: header", "realm: a", "decision_max_age: 10s"}) {
            CAPTURE(member);
            auto const name = std::string(member).substr(0, std::string_view(member).find(':'));
            CHECK(load(with("mode: jws, " + std::string(member)))
                      .says(name + ": is about /auth, which takes only JWTs"));
            CHECK(load(with("for: callers, " + std::string(member)))
                      .says(name + ": has no place in a profile `for: callers`"));
        }
    }
}

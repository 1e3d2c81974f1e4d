#include "core/keys/jwk_write.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

/// A set with one key.
std::string keys(std::string_view use = "")
{
    core::jwk key;
    key.kid = "k1";
    key.material = *core::crypto::generate(core::key_family::p256, 0);
    std::string text;
    core::append_public_jwk(text, key);
    if (!use.empty())
        text.insert(1, R"("use":")" + std::string(use) + R"(",)");
    return R"(jwks: {"keys":[)" + text + "]}";
}

std::string issuer(std::string const& members)
{
    return good + "issuers:\n  - {name: corp, " + members + "}\n";
}

/// Several issuers, and a profile that trusts them.
std::string profile(std::string const& issuers, std::string const& names, std::string const& more)
{
    return good_issuer + good_keys + "issuers:\n" + issuers + "verify_profiles:\n  p: {issuers: ["
        + names + "], " + more + "}\n";
}

std::string const entra = R"(issuer: "https://login.example/{tid}/v2.0")";
std::string const uri = ", jwks_uri: \"https://login.example/keys\"";

bool admits(config::issuer_settings const& of, std::string const& claims)
{
    auto const read = core::json::document::parse(claims);
    return of.identity.value().admits(read->root());
}

}  // namespace

TEST_SUITE("config/sections/issuer_names")
{
    TEST_CASE("issuer: one exact iss -> no identity is needed")
    {
        auto const got = settings_of(issuer("issuer: urn:corp, " + keys()));
        CHECK(!got.issuers[0].identity);
        CHECK(got.issuers[0].spelling() == core::jwk_spelling::as_published);
    }

    TEST_CASE("tenants: a template with those that are named, or with any")
    {
        constexpr auto token = R"({"iss":"https://login.example/a/v2.0","tid":"a"})";
        constexpr auto other = R"({"iss":"https://login.example/b/v2.0","tid":"b"})";
        auto const one = settings_of(issuer(entra + ", tenants: [a]" + uri)).issuers[0];
        CHECK(one.issuer == "https://login.example/{tid}/v2.0");
        CHECK(admits(one, token));
        CHECK(!admits(one, other));
        CHECK(admits(settings_of(issuer(entra + ", tenants: [b, a]" + uri)).issuers[0], other));
        auto const any = load(issuer(entra + ", tenants: any" + uri));
        REQUIRE(any.settings);
        CHECK(any.warns("issuers[0].tenants: `any` admits the tokens of every tenant"));
        CHECK(admits(any.settings->issuers[0], other));
        CHECK(!load(issuer(entra + ", tenants: [a]" + uri)).warns("tenants"));
    }

    TEST_CASE("spellings: further texts of iss")
    {
        auto const got = settings_of(issuer("issuer: urn:a, spellings: [urn:b, urn:c], " + keys()));
        CHECK(got.issuers[0].issuer == "urn:a");
        for (auto const* iss : {"urn:a", "urn:b", "urn:c"})
            CHECK(got.issuers[0].identity->admits_iss(iss));
        CHECK(!got.issuers[0].identity->admits_iss("urn:d"));
    }

    TEST_CASE("trust_domain: tokens by their sub, keys of use jwt-svid, algorithms of JWT-SVIDs")
    {
        auto const got = settings_of(issuer("trust_domain: example.org, " + keys("jwt-svid")));
        auto const& one = got.issuers[0];
        CHECK(one.issuer == "spiffe://example.org");
        CHECK(one.spelling() == core::jwk_spelling::in_bundle);
        CHECK(admits(one, R"({"sub":"spiffe://example.org/w"})"));
        CHECK(one.keys.keys.size() == 1);
        CHECK(one.algorithms.size() == 9);
        check_refused({
            {issuer("trust_domain: example.org, " + keys("sig")), "use is not jwt-svid"},
            {issuer("issuer: urn:a, " + keys("jwt-svid")), "use is neither sig nor enc"},
            {issuer("trust_domain: example.org, algorithms: [EdDSA], " + keys("jwt-svid")),
             "EdDSA is for no JWT-SVID"},
        });
    }

    TEST_CASE("issuer: what cannot be meant is refused")
    {
        std::string const tenants = ", tenants: [a]";
        check_refused({
            {issuer(keys()), "needs an `issuer`, the exact iss of its tokens, or a `trust_domain`"},
            {issuer(entra + uri), "so it needs `tenants`: their names, or `any`"},
            {issuer("issuer: urn:a, " + keys() + tenants), "needs an `issuer` with `{tid}`"},
            {issuer(entra + tenants + ", discovery: true"), "issuers[0].discovery: cannot be used"},
            {issuer(entra + ", tenants: []" + uri), "tenants"},
            {issuer(entra + ", tenants: [any, a]" + uri), "`any` means all"},
            {issuer(entra + ", tenants: [a, a]" + uri), "`a` appears here twice"},
            {issuer(entra + ", tenants: [a/b]" + uri), "must be 1 to 64 letters"},
            {issuer("issuer: urn:a, spellings: [urn:a], " + keys()), "has the `issuer` itself"},
            {issuer("issuer: urn:a, spellings: [urn:b, urn:b], " + keys()),
             "`urn:b` appears here twice"},
            {issuer("issuer: urn:a, spellings: [a, b, c, d, e, f, g, h, i], " + keys()),
             "has more than 8 texts"},
            {issuer("issuer: urn:a, spellings: [\"b c\"], " + keys()), "without white space"},
            {issuer("trust_domain: Example.org, " + keys("jwt-svid")), "must be the name of"},
            {issuer("trust_domain: example.org, issuer: urn:a, " + keys("jwt-svid")),
             "issuers[0].issuer: is not for a trust domain"},
            {issuer("trust_domain: example.org, discovery: true"), "has no metadata"},
            {issuer("trust_domain: example.org, pem_file: a.pem"), "are in a bundle"},
        });
        for (auto const* text :
             {"https://{tid}/v2.0", "https://{tid}.login.example/v2.0",
              "https://a.example/x{tid}/b", "https://a.example/{tid}x",
              "https://a.example/{tid}/{tid}", "urn:{tid}", "{", "{}",
              "https://a.example/{tenantid}/v2.0", "https://a.example/?t={tid}",
              "https://a.example/?/{tid}", "https://a.example/}/{tid}"}) {
            CAPTURE(text);
            CHECK(load(issuer("issuer: \"" + std::string(text) + "\"" + tenants + uri))
                      .says("may have braces only as one `{tid}`"));
        }
    }

    TEST_CASE("verify_profiles: two issuers that one token could be of are refused")
    {
        auto const corp = "  - {name: corp, " + entra + ", tenants: [a, b]" + uri + "}\n";
        auto const with = [&](std::string const& members) {
            return load(profile(
                corp + "  - {name: other, " + members + "}\n", "other, corp", "audiences: [api]"
            ));
        };
        constexpr auto says = "have the same issuer: name only one of them";
        CHECK(with(R"(issuer: "https://login.example/a/v2.0")" + uri).says(says));
        CHECK(with("issuer: urn:x, spellings: [\"https://login.example/b/v2.0\"]" + uri).says(says)
        );
        CHECK(with(entra + ", tenants: [b, c]" + uri).says(says));
        CHECK(with(R"(issuer: "https://login.example/c/v2.0")" + uri).settings.has_value());
        CHECK(with(entra + ", tenants: [c]" + uri).settings.has_value());
        CHECK(with("trust_domain: example.org" + uri).settings.has_value());
    }

    TEST_CASE("verify_profiles: a trust domain's tokens have aud and exp")
    {
        auto const domain = "  - {name: corp, trust_domain: example.org" + uri + "}\n";
        CHECK(load(profile(domain, "corp", "audiences: [api]")).settings.has_value());
        check_refused({
            {profile(domain, "corp", "audiences: none"), "p.audiences: `corp` is a trust domain"},
            {profile(domain, "corp", "audiences: [api], no_exp: true"), "p.no_exp: `corp` is"},
        });
    }

    TEST_CASE("verify_profiles: one for callers needs one exact issuer")
    {
        for (auto const& members :
             {entra + ", tenants: [a]", std::string("issuer: urn:a, spellings: [urn:b]"),
              std::string("trust_domain: example.org")}) {
            auto const got = load(profile(
                "  - {name: corp, " + members + uri + "}\n", "corp",
                "audiences: [signet], for: callers"
            ));
            CAPTURE(got.problems);
            CHECK(got.says("tokens of callers need one exact issuer"));
        }
    }
}

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string const keys = "keys:\n"
                         "  - {name: sig, generate: true}\n"
                         "  - {name: pay, generate: true, publish: false}\n"
                         "  - {name: mac, kid: m, alg: HS256, generate: true, issuer: urn:mac}\n"
                         "  - {name: sealed, use: enc, generate: true, callers: [app]}\n";
std::string const signing =
    "sign_profiles:\n"
    "  access: {key: sig, ttl: 15m, typ: at+jwt, callers: [app]}\n"
    "  receipts: {kind: jws, key: pay, typ: receipt, callers: [app]}\n"
    "  stamps: {kind: jws, key: mac, typ: application/stamp, callers: [app]}\n";

/// Everything but the verify profile `p`, with these members.
std::string verify(std::string const& members, std::string const& more = "")
{
    return good_issuer + keys + signing + good_callers + "verify_profiles:\n  p: {" + members
        + "}\n" + more;
}

config::verify_profile profile_of(std::string const& members)
{
    return settings_of(verify(members)).verify_profiles.at("p");
}

/// The public half of a key as an inline JWK.
std::string public_text(core::crypto::key_ptr const& material, std::string kid = "k")
{
    core::jwk key;
    key.kid = std::move(kid);
    key.material = material;
    std::string text;
    core::append_public_jwk(text, key);
    return text;
}

core::crypto::key_ptr fresh()
{
    return *core::crypto::generate(core::key_family::p256, 0);
}

std::string issuer(std::string const& name, std::string const& set, std::string const& iss = "")
{
    return "  - {name: " + name + ", issuer: " + (iss.empty() ? "urn:" + name : iss)
        + ", jwks: {\"keys\":[" + set + "]}}\n";
}

}  // namespace

TEST_SUITE("config/checks/check_uses")
{
    TEST_CASE("verify_profiles: mode jws names series, which admit the typ that they sign with")
    {
        auto const one = profile_of("mode: jws, series: [pay]");
        CHECK(one.series == std::vector<std::string>{"pay"});
        CHECK(one.issuers.empty());
        CHECK(one.typ == std::vector<std::string>{"receipt"});
        CHECK(
            profile_of("mode: jws, series: [pay, mac], algorithms: [ES256, HS256]").typ
            == std::vector<std::string>{"receipt", "application/stamp"}
        );
        CHECK(
            profile_of("mode: jws, series: pay, typ: [other]").typ
            == std::vector<std::string>{"other"}
        );
    }

    TEST_CASE("verify_profiles: a series that nobody signs with may be one of payloads, without typ"
    )
    {
        auto const got = settings_of(
            good_issuer + good_keys + "verify_profiles: {p: {mode: jws, series: [sig]}}\n"
        );
        CHECK(got.verify_profiles.at("p").typ == std::vector<std::string>{"none"});
        CHECK(config::signs_payloads(got, "sig"));
        CHECK(!config::signs_payloads(got, "other"));
    }

    TEST_CASE("verify_profiles: issuers belong to mode jwt and series to mode jws")
    {
        check_refused({
            {verify("mode: jws"), "verify_profiles.p: needs `series`"},
            {verify("mode: jws, series: []"), "verify_profiles.p.series: is empty"},
            {verify("mode: jws, series: [pay], issuers: [self]"),
             "verify_profiles.p.issuers: is only for mode jwt"},
            {verify("mode: jws, issuers: [self]"),
             "verify_profiles.p.issuers: is only for mode jwt"},
            {verify("issuers: [self], audiences: none, series: [pay]"),
             "verify_profiles.p.series: is only for mode jws"},
        });
    }

    TEST_CASE("verify_profiles.series: only series that neither sign claims nor encrypt")
    {
        auto const corp = "issuers:\n" + issuer("corp", public_text(fresh()));
        check_refused({
            {verify("mode: jws, series: [self]"), "p.series: `self` is our issuer of JWTs"},
            {verify("mode: jws, series: [corp]", corp),
             "p.series: `corp` is an issuer of JWTs; name the series that sign payloads"},
            {verify("mode: jws, series: [pya]"),
             "p.series: there is no series `pya`, did you mean `pay`?"},
            {verify("mode: jws, series: [sealed]"),
             "p.series: series `sealed` is for encryption and verifies nothing"},
            {verify("mode: jws, series: [pay, sig]"),
             "p.series: series `sig` signs claims for `access`"},
            {verify("mode: jws, series: [pay], typ: [receipt, at+JWT]"),
             "p.typ: must not name the typ of a JWT"},
            {verify("mode: jws, series: [pay], algorithms: [HS256]"),
             "HS256 is for secrets, and none of its issuers"},
        });
    }

    TEST_CASE("verify_profiles.issuers: a series that signs payloads is nobody's issuer")
    {
        auto const only = good_issuer + "keys: [{name: pay, generate: true}]\n" + good_callers;
        auto const self = "verify_profiles: {p: {issuers: [self], audiences: none}}\n";
        check_refused({
            {verify("issuers: [mac], audiences: none"),
             "p.issuers: series `mac` signs payloads, not JWTs"},
            {verify("issuers: [pay], audiences: none"), "p.issuers: series `pay` signs payloads"},
            {only + self + "sign_profiles: {r: {kind: jws, key: pay, typ: r, callers: [app]}}\n",
             "`self` needs a key pair of our own, of a series that signs no payloads"},
            {only
                 + "verify_profiles: {p: {issuers: [self], audiences: none}, q: {mode: jws, "
                   "series: "
                   "[pay]}}\n",
             "`self` needs a key pair of our own, of a series that signs no payloads"},
        });
        CHECK(load(only + self).settings.has_value());
    }

    TEST_CASE("sign_profiles.typ: a payload's typ is not one that a profile for JWTs uses")
    {
        auto const typ = [](std::string const& text) {
            return good_issuer + keys + good_callers
                + "verify_profiles: {p: {issuers: [self], audiences: none, typ: [none, "
                  "Application/Ticket, text/note]}}\n"
                  "sign_profiles:\n  a: {key: sig, ttl: 1m, typ: badge, callers: [app]}\n"
                  "  r: {kind: jws, key: pay, callers: [app], typ: "
                + text + "}\n";
        };
        check_refused({
            {typ("ticket"),
             "sign_profiles.r.typ: verify profile `p` accepts it as the typ of a JWT: choose "
             "another one"},
            {typ("application/TICKET"), "sign_profiles.r.typ: verify profile `p` accepts it"},
            {typ("Text/Note"), "sign_profiles.r.typ: verify profile `p` accepts it"},
            {typ("Badge"),
             "sign_profiles.r.typ: sign profile `a` writes it into JWTs: choose another one"},
        });
        CHECK(load(typ("receipt")).settings.has_value());
        // another type than text/note, for verification too
        CHECK(load(typ("application/text/note")).settings.has_value());
    }

    TEST_CASE("keys: a series that reads jwt-pro's tokens signs no payloads")
    {
        CHECK(
            load(
                good_issuer + good_callers
                + "keys: [{name: old, kid: o, alg: HS256, generate: true, issuer: urn:old, compat: "
                  "jwt_pro}]\nsign_profiles: {r: {kind: jws, key: old, typ: r, callers: [app]}}\n"
            )
                .says("keys[0].compat: reads JWTs, and its series signs payloads")
        );
    }

    TEST_CASE("keys: a secret under two names is one key, also with zero octets behind it")
    {
        auto const two = [](std::string const& a, std::string const& b) {
            return load(
                "keys:\n  - {name: a, kid: a, secret: \"env:A\", issuer: urn:a}\n"
                "  - {name: b, kid: b, secret_b64: \"env:B\", issuer: urn:b}\n",
                {{"A", a}, {"B", b}}
            );
        };
        std::string const text(32, 's');
        constexpr auto* same = "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M";
        CHECK(two(text, same).says("keys[1]: is the same key as keys[0]"));
        CHECK(two(text, std::string(same) + "A").says("keys[1]: "));  // odd base64url
        constexpr auto* padded = "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3MAAA";
        CHECK(two(text, padded).says("keys[1]: is the same key as keys[0]"));
        CHECK(two(text + "t", padded).settings.has_value());
    }

    TEST_CASE("callers: a bearer secret that also signs -> a problem")
    {
        std::string const secret(80, 's');
        auto const hash = core::crypto::digest(core::hash::sha256, core::as_bytes(secret));
        std::string hex;
        for (auto const octet : hash) {
            hex += "0123456789abcdef"[octet >> 4U];
            hex += "0123456789abcdef"[octet & 15U];
        }
        auto const with = [&](std::string const& of_key) {
            return load(
                "keys: [{name: a, kid: a, secret: \"env:A\", issuer: urn:a}]\n"
                "callers: [{name: app, secret_sha256: "
                    + hex + "}]\n",
                {{"A", of_key}}
            );
        };
        CHECK(with(secret).says("callers[0].secret_sha256: is the secret of keys[0]"));
        CHECK(with(secret + "t").settings.has_value());
        auto const octets = core::base64url_decode(secret).value();
        std::string const as_text(octets.begin(), octets.end());
        CHECK(with(as_text).says("callers[0].secret_sha256: is the secret of keys[0]"));
    }

    TEST_CASE("keys: one key as two series, for two uses, or as both halves -> a problem")
    {
        folder const where;
        auto const key = fresh();
        core::jwk whole;
        whole.material = key;
        std::string text;
        core::append_private_jwk(text, whole);
        where.write("whole.jwk", text);
        auto const beside = [&](std::string const& more) {
            return load_in(
                where,
                good_issuer + "keys:\n  - {name: a, file: whole.jwk}\n  - {name: b, kid: b, jwk: "
                    + public_text(key, "b") + more + "}\n"
            );
        };
        CHECK(beside("").says("keys[1]: is the same key as keys[0]"));
        CHECK(beside(", use: enc").says("keys[1]: is the same key as keys[0]"));
        CHECK(beside(", issuer: urn:b").says("keys[1]: is the same key as keys[0]"));
    }

    TEST_CASE(
        "issuers: a key of ours in a set is left out with a warning; with no other -> a problem"
    )
    {
        folder const where;
        auto const mine = fresh();
        where.write("theirs.json", "{\"keys\":[" + public_text(mine) + "]}", 0644);
        where.write(
            "both.json",
            "{\"keys\":[" + public_text(mine, "borrowed") + "," + public_text(fresh(), "t") + "]}"
        );
        auto const load_with = [&](std::string const& source) {
            return load_in(
                where,
                good_issuer + "keys: [{name: pay, kid: pay-1, jwk: " + public_text(mine, "pay-1")
                    + "}]\nissuers: [{name: corp, issuer: urn:corp, " + source + "}]\n"
            );
        };
        auto const got = load_with("jwks_file: both.json");
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.warns("issuers[0].jwks_file: has our own key `borrowed`, which is left out"));
        CHECK(got.settings->issuers[0].keys.keys.size() == 1);
        CHECK(got.settings->issuers[0].keys.keys[0].kid == "t");
        CHECK(
            load_with("jwks_file: theirs.json").says("issuers[0].jwks_file: has only our own keys")
        );
        CHECK(load_with("jwks: {\"keys\":[" + public_text(mine) + "]}")
                  .says("issuers[0].jwks: has only our own keys"));
    }

    TEST_CASE("issuers: a key that two of them have belongs to neither")
    {
        auto const shared = public_text(fresh());
        auto const other = public_text(fresh(), "o");
        auto const two = [&](std::string const& iss) {
            return load(
                "issuers:\n" + issuer("a", shared) + issuer("b", other + "," + shared, iss)
            );
        };
        CHECK(two("").says("issuers[1]: has a key of `a`: a key must belong to exactly one issuer")
        );
        CHECK(two("urn:a").settings.has_value());  // the same issuer by two names

        folder const where;  // what others say must not keep us from starting
        where.write("b.json", "{\"keys\":[" + shared + "]}");
        auto const got = load_in(
            where,
            "issuers:\n" + issuer("a", shared) + "  - {name: b, issuer: urn:b, jwks_file: b.json}\n"
        );
        CHECK(got.settings.has_value());
        CHECK(got.warns("issuers[1]: has a key of `a`: whoever signs with it speaks for both"));
    }

    TEST_CASE("server.default_auth_profile: a profile of mode jws cannot be used by /auth")
    {
        auto const with = [](std::string const& name) {
            return good_issuer + good_keys + "verify_profiles: {" + name
                + ": {mode: jws, series: [sig]}}\n";
        };
        constexpr std::string_view text = "has mode jws, and /auth takes only JWTs";
        CHECK(load(with("default")).warns(text));
        CHECK(load("server: {default_auth_profile: pay}\n" + with("pay")).says(text));
    }

    TEST_CASE("warnings: a series of payloads in our JWKS")
    {
        auto const warns = [](std::string const& more) {
            return load(
                       good_issuer + good_callers + "keys: [{name: pay, generate: true" + more
                       + "}]\nsign_profiles: {r: {kind: jws, key: pay, typ: r, callers: [app]}}\n"
            )
                .warns("keys[0]: its series signs payloads and is in our JWKS");
        };
        CHECK(warns(""));
        CHECK(!warns(", publish: false"));
    }
}

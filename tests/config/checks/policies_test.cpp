#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/sample.hpp"
#include "tests/core/keys/key_file_samples.hpp"

using namespace sample;

namespace {

std::string verify(std::string const& members)
{
    return good_issuer + good_keys + "verify_profiles:\n  p: {" + members + "}\n";
}

/// The profile that /auth uses, which has headers.
std::string headed(std::string const& members)
{
    return "server: {default_auth_profile: p}\n" + verify(members);
}

std::string sign(std::string const& members)
{
    return good_issuer + good_keys + good_callers + "sign_profiles:\n  p: {" + members + "}\n";
}

std::string const partner_key =
    "  - {name: partner, kid: p, alg: HS256, generate: true, issuer: urn:partner}\n";
std::string const pair_key = "  - {name: sig, generate: true}\n";

/// A JWK Set with one public key, as JSON (and so as YAML).
std::string set_of(core::key_family family, std::string const& alg = "")
{
    core::jwk key;
    key.kid = "other-1";
    key.alg = alg;
    key.material = *core::crypto::generate(family, family == core::key_family::rsa ? 2048 : 0);
    std::string text = "{\"keys\":[";
    core::append_public_jwk(text, key);
    return text + "]}";
}

std::string issuer(std::string const& members)
{
    return good_issuer + good_keys + "issuers:\n  - {" + members + "}\n";
}

}  // namespace

TEST_SUITE("config/sections/read_issuers")
{
    TEST_CASE("issuers: a JWK Set written out, with every asymmetric algorithm by default")
    {
        auto const got = settings_of(issuer(
            "name: corp, issuer: https://id.example, jwks: " + set_of(core::key_family::p256)
        ));
        auto const& corp = got.issuers.at(0);
        CHECK(corp.issuer == "https://id.example");
        CHECK(corp.keys.keys.at(0).kid == "other-1");
        CHECK(corp.algorithms.size() == core::signature_algorithms.size() - 3);
        CHECK(corp.algorithms.front() == "RS256");
    }

    TEST_CASE("issuers: a JWK Set file and a PEM file, readable by everyone")
    {
        folder const where;
        auto const key = *core::crypto::generate(core::key_family::p256, 0);
        where.write("a.json", set_of(core::key_family::rsa), 0644);
        where.write("a.pem", core::to_public_pem(*key), 0644);
        auto const got = load_in(
            where,
            "issuers:\n"
            "  - {name: a, issuer: urn:a, jwks_file: a.json, algorithms: [RS256]}\n"
            "  - {name: b, issuer: urn:b, pem_file: a.pem}\n"
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->issuers[0].keys.keys.size() == 1);
        CHECK(got.settings->issuers[1].keys.keys.at(0).kid_is_derived);
    }

    TEST_CASE("verify profiles: clocks may differ by 30 s unless the profile says otherwise")
    {
        auto const leeway_of = [](std::string const& more) {
            auto const text = headed("issuers: [self], audiences: [api]" + more);
            return settings_of(text).verify_profiles.at("p").leeway;
        };
        CHECK(leeway_of("") == std::chrono::seconds{30});
        CHECK(leeway_of(", leeway: 0s") == std::chrono::seconds{0});
    }

    TEST_CASE("issuers: a PEM file with a chain, a key with its certificate, several keys")
    {
        folder const where;
        auto const count = [&](std::initializer_list<std::string_view> blocks) {
            std::string text;
            for (auto const block : blocks)
                text.append(block);
            where.write("a.pem", text, 0644);
            auto const got =
                load_in(where, "issuers:\n  - {name: a, issuer: urn:a, pem_file: a.pem}\n");
            INFO(got.problems);
            return got.settings ? got.settings->issuers[0].keys.keys.size() : 0U;
        };
        CHECK(count({samples::leaf_cert, samples::middle_cert, samples::root_cert}) == 1);
        CHECK(count({samples::ec_spki, samples::leaf_cert}) == 1);
        CHECK(count({samples::ec_spki, samples::rsa_spki}) == 2);
        CHECK(count({samples::rsa_spki, samples::leaf_cert}) == 0);
        CHECK(count({samples::ec_pkcs8, samples::leaf_cert}) == 0);
    }

    TEST_CASE("issuers: a private key, an overlong file, no keys -> problems")
    {
        folder const where;
        auto const key = *core::crypto::generate(core::key_family::p256, 0);
        where.write("private.pem", *core::to_private_pem(*key));
        where.write("long.json", std::string(256 * 1024 + 1, ' '));
        where.write("none.json", R"({"keys":[]})");
        auto const problem = [&](std::string const& source) {
            return load_in(where, "issuers:\n  - {name: a, issuer: urn:a, " + source + "}\n")
                .problems;
        };
        CHECK(problem("pem_file: private.pem").find("holds a private key") != std::string::npos);
        CHECK(problem("jwks_file: long.json").find("is larger than 262144") != std::string::npos);
        CHECK(problem("jwks_file: none.json").find("issuers[0].jwks_file: ") != std::string::npos);
        CHECK(problem("jwks_file: no.json").find("cannot be read") != std::string::npos);
    }

    TEST_CASE("issuers: a private half in a set -> its key is not used, and a warning names it; "
              "without another key, a problem")
    {
        auto const text_of = [](core::key_family family, bool is_private) {
            core::jwk key;
            key.kid = is_private ? "leaked" : "good";
            key.material = *core::crypto::generate(family, 0);
            std::string text;
            if (is_private)
                core::append_private_jwk(text, key);
            else
                core::append_public_jwk(text, key);
            return text;
        };
        auto const leaked = text_of(core::key_family::p256, true);
        auto const good = text_of(core::key_family::p384, false);
        folder const where;
        where.write("some.json", R"({"keys":[)" + good + "," + leaked + "]}", 0644);
        where.write("all.json", R"({"keys":[)" + leaked + "]}", 0644);
        auto const read = [&](std::string const& source) {
            return load_in(where, "issuers:\n  - {name: a, issuer: urn:a, " + source + "}\n");
        };
        for (auto const& source :
             {std::string("jwks_file: some.json"),
              R"(jwks: {keys: [)" + good + ", " + leaked + "]}"}) {
            auto const got = read(source);
            INFO(got.problems);
            REQUIRE(got.settings.has_value());
            CHECK(got.settings->issuers[0].keys.keys.size() == 1);
            CHECK(got.warns("private half of key `leaked`"));
        }
        CHECK(read("jwks_file: all.json").says("published with its private half"));
    }

    TEST_CASE("issuers: what is missing, reserved, taken, of a later version or contradictory -> "
              "problems")
    {
        auto const set = ", jwks: " + set_of(core::key_family::p256);
        check_refused({
            {issuer("issuer: urn:a" + set), "issuers[0]: needs a `name`"},
            {issuer("name: a" + set), "issuers[0]: needs an `issuer`"},
            {issuer("name: a, issuer: \"a b\"" + set),
             "issuers[0].issuer: must be a text of at most 1024 bytes"},
            {issuer("name: a, issuer: urn:a"),
             "needs exactly one of jwks_uri, discovery, jwks_file, pem_file and jwks"},
            {issuer("name: a, issuer: urn:a, pem_file: x" + set), "needs exactly one of"},
            {issuer("name: a, issuer: urn:a, jwks: [a]"), "must be a JWK Set"},
            {issuer("name: self, issuer: urn:a" + set), "`self` means our own issuer"},
            {issuer("name: sig, issuer: urn:a" + set),
             "issuers[0].name: `sig` is a series of keys"},
            {issuer("name: a, issuer: urn:a" + set + "}\n  - {name: a, issuer: urn:b" + set),
             "issuers[1].name: `a` is taken"},
            {issuer("name: a, issuer: urn:a, jwks_url: x"), "did you mean `jwks_uri`?"},
            {issuer("name: a, issuer: urn:a, failover_uri: x"),
             "issuers[0].failover_uri: not supported by this version"},
            {issuer("name: a, issuer: urn:a, algorithms: [HS256]" + set),
             "HS256 is for secrets, and an issuer's keys are public"},
            {issuer("name: a, issuer: urn:a, algorithms: [RS265]" + set), "did you mean `RS256`?"},
            {issuer("name: a, issuer: urn:a, algorithms: []" + set), "algorithms: is empty"},
            {issuer("name: a, issuer: urn:a, algorithms: [RS256]" + set),
             "issuers[0]: none of its keys fits any of its algorithms"},
        });
    }
}

TEST_SUITE("config/sections/read_verify_profiles")
{
    TEST_CASE("verify_profiles: every member")
    {
        auto const got = settings_of(headed(
            "issuers: [self], algorithms: [ES256], audiences: [a, b], strict_audience: true, "
            "typ: [at+jwt, none], subject_claim: user, required: [sub, read], scopes: [read], "
            "leeway: "
            "30s, max_lifetime: 24h, "
            "max_age: 12h, allow_overrides: [aud, read, scope], headers: {X-Subject: sub, X-Name: "
            "{claim: /profile/name, encode: base64url}}"
        ));
        auto const& profile = got.verify_profiles.at("p");
        CHECK(profile.name == "p");
        CHECK(profile.mode == config::token_kind::jwt);
        CHECK(profile.audiences == std::vector<std::string>{"a", "b"});
        CHECK(profile.strict_audience);
        CHECK(profile.typ == std::vector<std::string>{"at+jwt", "none"});
        CHECK(profile.subject_claim == "user");
        CHECK(profile.leeway == std::chrono::seconds{30});
        CHECK(profile.max_lifetime == std::chrono::hours{24});
        CHECK(profile.max_age == std::chrono::hours{12});
        CHECK(!profile.no_exp);
        CHECK(settings_of(verify("issuers: self, audiences: none, no_exp: true"))
                  .verify_profiles.at("p")
                  .no_exp);
        REQUIRE(profile.headers.size() == 2);
        CHECK(profile.headers[0].claim == "sub");
        CHECK(profile.headers[1].claim == "/profile/name");
        CHECK(profile.headers[1].style.encode == core::claim_style::encoding::base64url);
    }

    TEST_CASE("verify_profiles: audiences none -> only tokens without aud")
    {
        CHECK(settings_of(verify("issuers: self, audiences: none"))
                  .verify_profiles.at("p")
                  .audiences.empty());
    }

    TEST_CASE("verify_profiles: what is missing, out of bounds or contradictory -> problems")
    {
        std::string const fine = "issuers: [self], audiences: [a], ";
        check_refused({
            {verify("audiences: [a]"), "verify_profiles.p: needs `issuers`"},
            {verify("issuers: [], audiences: [a]"), "verify_profiles.p.issuers: is empty"},
            {verify("issuers: [self]"), "verify_profiles.p: needs `audiences`"},
            {verify("issuers: [self], audiences: []"), "audiences: is empty"},
            {verify("issuers: [self], audiences: [none, a]"), "`none` must be the only entry"},
            {verify("issuers: [self], audiences: None"), "audiences: write `none`, exactly so"},
            {verify("issuers: [self], audiences: none, strict_audience: true"),
             "needs an audience"},
            {verify(fine + "leeway: 301s"), "leeway: must be from 0s to 5m"},
            {verify(fine + "max_age: 0s"), "max_age: must be from 1s to 3660d"},
            {verify(fine + "max_lifetime: 24"), "max_lifetime: must be a duration with its unit"},
            {verify(fine + "no_exp: yes"), "no_exp: must be true or false"},
            {verify(fine + "mode: jwe"), "mode: must be jwt or jws"},
            {verify(fine + "algorithms: [none]"), "`none` is not a signature algorithm"},
            {verify(fine + "algorithms: []"), "algorithms: is empty"},
            {verify(fine + "audience: b"), "unknown setting, did you mean `audiences`?"},
            {verify("mode: jws, series: [sig], audiences: [a]"),
             "audiences: is about claims, which mode jws does not read"},
            {verify("mode: jws, series: [sig], leeway: 1s"), "leeway: is about claims"},
            {verify("mode: jws, series: [sig], subject_claim: user"),
             "subject_claim: is about claims"},
            {verify(fine + "subject_claim: iss"), "subject_claim: is a claim with another meaning"},
            {verify(fine + "subject_claim: \"\""), "subject_claim: must not be empty"},
            {good_issuer + good_keys + "verify_profiles: {a.b: {issuers: self, audiences: none}}\n",
             "verify_profiles.a.b: must have at most 64 letters, digits"},
            {"verify_profiles: [a]\n", "verify_profiles: must be a map"},
        });
    }

    TEST_CASE("verify_profiles: an empty list or map, or no value, is a problem, never the default")
    {
        std::string const fine = "issuers: [self], audiences: [a], ";
        for (auto const* name : {"typ", "required", "scopes", "allow_overrides", "callers"}) {
            CAPTURE(name);
            auto const place = "verify_profiles.p." + std::string(name);
            CHECK(load(verify(fine + name + ": []")).says(place + ": is empty: leave it out"));
            CHECK(load(verify(fine + name + ": ")).says(place + ": has no value"));
        }
        CHECK(load(headed(fine + "headers: {}")).says("headers: is empty"));
        CHECK(load(headed(fine + "headers: ")).says("headers: has no value"));
    }

    TEST_CASE("verify_profiles: what is switched off or never used -> a problem each")
    {
        std::string const fine = "issuers: [self], audiences: [a], ";
        check_refused({
            {verify(fine + "typ: [NONE]"), "typ: write `none`"},
            {verify(fine + "typ: [JWT, None]"), "typ: write `none`"},
            {verify(fine + "typ: application/none"), "typ: write `none`"},
            {verify(fine + "no_exp: true, max_lifetime: 1h"), "no_exp: max_lifetime needs exp"},
            {verify(fine + "no_exp: true, required: exp"), "no_exp: `required` names exp"},
            {verify(fine + "allow_overrides: iss"), "allow_overrides: `iss` cannot be skipped"},
            {verify(fine + "allow_overrides: at_hash"), "does not require `at_hash`"},
            {verify(fine + "allow_overrides: role"), "does not require `role`"},
            {verify(fine + "allow_overrides: scope"), "does not require `scope`"},
            {verify("mode: jws, issuers: [self], require_encryption: false"),
             "require_encryption: is about nested JWTs"},
            {verify(fine + "cache: 8MiB"), "cache: must be true or false"},
        });
    }

    TEST_CASE("verify_profiles: tokens are remembered, unless `cache` is false")
    {
        std::string const fine = "issuers: [self], audiences: [a]";
        CHECK(settings_of(verify(fine)).verify_profiles.at("p").cache);
        CHECK(!settings_of(verify(fine + ", cache: false")).verify_profiles.at("p").cache);
    }

    TEST_CASE("verify_profiles: each member about claims is a problem in mode jws")
    {
        for (auto const* member :
             {"audiences: [a]", "strict_audience: false", "subject_claim: sub", "required: [a]",
              "scopes: [a]", "leeway: 0s", "max_lifetime: 1h", "max_age: 1h", "no_exp: false",
              "allow_overrides: [exp]", "headers: {X-A: sub}", "claims: {tid: a}"}) {
            CAPTURE(member);
            CHECK(load(verify("mode: jws, issuers: [self], " + std::string(member)))
                      .says(": is about claims, which mode jws does not read"));
        }
    }

    TEST_CASE("verify_profiles.issuers: each must be someone, and only once")
    {
        auto const set = set_of(core::key_family::p256);
        auto const other = "issuers:\n  - {name: corp, issuer: urn:corp, jwks: " + set + "}\n";
        auto const profile = [](std::string const& issuers) {
            return "verify_profiles: {p: {issuers: " + issuers + ", audiences: none}}\n";
        };
        auto const ours = good_issuer + "keys:\n" + pair_key + partner_key;
        CHECK(load(ours + other + profile("[self, corp, partner]")).settings.has_value());
        check_refused({
            {ours + other + profile("[crop]"), "`crop` is neither self nor an issuer nor a series"},
            {ours + other + profile("[crop]"), "did you mean `corp`?"},
            {ours + profile("[sig]"), "series `sig` is our own issuer's: say `self`"},
            {good_keys + profile("[self]"), "`self` needs our own `issuer`"},
            {good_issuer + "keys:\n" + partner_key + profile("[self]"),
             "`self` needs a key pair of our own"},
            {"keys: [{name: a, kid: a, alg: HS256, generate: true}]\n" + profile("[a]"),
             "series `a` has no `issuer` of its own"},
            {ours + "issuers:\n  - {name: again, issuer: urn:partner, jwks: " + set + "}\n"
                 + profile("[partner, again]"),
             "`partner` and `again` have the same issuer"},
            {ours + "issuers:\n  - {name: us, issuer: \"https://a.example\", jwks: " + set + "}\n"
                 + profile("[self, us]"),
             "`self` and `us` have the same issuer"},
        });
    }

    TEST_CASE("verify_profiles.issuers: a series that reads jwt-pro's tokens is the only one")
    {
        auto const ours = good_issuer + "keys:\n" + pair_key
            + "  - {name: old, kid: o, alg: HS256, generate: true, issuer: urn:old, compat: "
              "jwt_pro}\n";
        auto const profile = [](std::string const& issuers) {
            return "verify_profiles: {p: {issuers: " + issuers + ", audiences: none}}\n";
        };
        CHECK(load(ours + profile("[old]")).settings.has_value());
        for (auto const* issuers : {"[self, old]", "[old, self]"}) {
            CAPTURE(issuers);
            CHECK(load(ours + profile(issuers))
                      .says("verify_profiles.p.issuers: series `old` reads jwt-pro's tokens"));
        }
    }

    TEST_CASE("verify_profiles.algorithms: HMAC only with an issuer that has a secret")
    {
        auto const ours = good_issuer + "keys:\n" + pair_key + partner_key;
        auto const profile = [](std::string const& issuers) {
            return "verify_profiles: {p: {issuers: " + issuers
                + ", audiences: none, algorithms: [ES256, HS256]}}\n";
        };
        CHECK(load(ours + profile("[self, partner]")).settings.has_value());
        CHECK(load(ours + profile("[self]")).says("HS256 is for secrets, and none of its issuers"));
    }

    TEST_CASE(
        "verify_profiles.issuers: a series whose key could not be read causes no second problem"
    )
    {
        auto const got = load(
            good_issuer + "keys: [{name: sig, file: none.pem}]\n" + good_verify + good_sign
            + good_callers
        );
        CHECK(got.says("cannot be read"));
        CHECK(std::ranges::count(got.problems, '\n') == 1);
    }
}

TEST_SUITE("config/sections/read_sign_profiles")
{
    TEST_CASE("sign_profiles: every member of kind jwt")
    {
        auto const got = settings_of(sign(
            "kind: jwt, key: sig, typ: at+jwt, iss: \"https://a.example\", audiences: [a, b], ttl: "
            "15m, max_ttl: 1h, jti: true, allowed_claims: [sub], forced_claims: {tenant: acme, "
            "level: 2, tags: [a, \"1\"], on: true}, allowed_headers: [cty], callers: [app]"
        ));
        auto const& profile = got.sign_profiles.at("p");
        CHECK(profile.kind == config::token_kind::jwt);
        CHECK(profile.typ == "at+jwt");
        CHECK(profile.iss == "https://a.example");
        CHECK(profile.ttl == std::chrono::minutes{15});
        CHECK(profile.max_ttl == std::chrono::hours{1});
        CHECK(profile.jti);
        CHECK(!profile.all_claims);
        CHECK(profile.forced_claims.at("tenant") == R"("acme")");
        CHECK(profile.forced_claims.at("level") == "2");
        CHECK(profile.forced_claims.at("tags") == R"(["a","1"])");
        CHECK(profile.forced_claims.at("on") == "true");
        CHECK(got.keys.at(0).longest_token == std::chrono::hours{1});
    }

    TEST_CASE("sign_profiles: defaults: typ JWT, the series' iss, max_ttl as ttl, no claims")
    {
        auto const profile =
            settings_of(sign("key: sig, ttl: 15m, callers: app")).sign_profiles.at("p");
        CHECK(profile.typ == "JWT");
        CHECK(profile.iss == "https://a.example");
        CHECK(profile.max_ttl == std::chrono::minutes{15});
        CHECK(!profile.all_claims);
        CHECK(profile.allowed_claims.empty());
        CHECK(!profile.jti);
    }

    TEST_CASE("sign_profiles: allowed_claims * admits any, by itself or in a list")
    {
        for (auto const* claims : {"\"*\"", "[\"*\"]", "[sub, \"*\"]"})
            CHECK(settings_of(sign("key: sig, ttl: 1m, allowed_claims: " + std::string(claims)))
                      .sign_profiles.at("p")
                      .all_claims);
    }

    TEST_CASE("sign_profiles: kind jws has a typ that no JWT has, and no settings of claims")
    {
        auto const profile =
            settings_of(sign("kind: jws, key: sig, typ: receipt")).sign_profiles.at("p");
        CHECK(profile.kind == config::token_kind::jws);
        CHECK(profile.typ == "receipt");
        CHECK(load(sign("kind: jws, key: sig")).says("sign_profiles.p: needs a `typ` of its own"));
        for (auto const* typ :
             {"JWT", "jwt", "application/jwt", "Application/JWT", "at+jwt", "AT+JWT",
              "application/x+jwt"}) {
            CAPTURE(typ);
            CHECK(load(sign("kind: jws, key: sig, typ: " + std::string(typ)))
                      .says("typ: must not be the typ of a JWT, because payloads are not JWTs"));
        }
        for (auto const* typ : {"\"jwt; x=y\"", "\" jwt\"", "\"a b\"", "\"a\\tb\""}) {
            CAPTURE(typ);
            CHECK(load(sign("kind: jws, key: sig, typ: " + std::string(typ)))
                      .says("typ: must be the name of a media type"));
        }
        for (auto const* member :
             {"iss: urn:a", "audiences: [a]", "ttl: 1m", "max_ttl: 1m", "jti: true",
              "allowed_claims: [a]", "forced_claims: {a: b}"}) {
            CAPTURE(member);
            CHECK(load(sign("kind: jws, key: sig, " + std::string(member)))
                      .says("is about claims, which kind jws does not have"));
        }
    }

    TEST_CASE("sign_profiles: what is missing, out of bounds or contradictory -> problems")
    {
        check_refused({
            {sign("ttl: 1m"), "sign_profiles.p: needs a `key`"},
            {sign("key: sig"), "sign_profiles.p: needs a `ttl`"},
            {sign("key: sig, ttl: 0s"), "ttl: must be from 1s to 3660d"},
            {sign("key: sig, ttl: 15m, max_ttl: 14m"), "max_ttl: must not be less than ttl"},
            {sign("key: sgi, ttl: 1m"), "there is no series `sgi`, did you mean `sig`?"},
            {sign("key: sig, ttl: 1m, callers: [apps]"), "no caller `apps`, did you mean `app`?"},
            {sign("key: sig, ttl: 1m, kind: jwe"), "kind: must be jwt or jws"},
            {sign("key: sig, ttl: 1m, encrypt: {}"), "encrypt: not supported by this version"},
            {sign("key: sig, ttl: 1m, iss: urn:b"), "iss: must be the issuer of its series"},
            {sign("key: sig, ttl: 1m, allowed_headers: [jku]"), "callers must not set `jku`"},
            {sign("key: sig, ttl: 1m, allowed_headers: [b64]"), "callers must not set `b64`"},
            {sign("key: sig, ttl: 1m, forced_claims: {exp: 1}"),
             "forced_claims.exp: is set by the profile itself"},
            {sign("key: sig, ttl: 1m, forced_claims: {at_hash: x}"),
             "forced_claims.at_hash: is a hash of something in the request"},
            {sign("key: sig, ttl: 1m, forced_claims: {c_hash: x}"),
             "forced_claims.c_hash: is a hash of something in the request"},
            {sign("key: sig, ttl: 1m, typ: none"), "typ: must not be `none`"},
            {sign("kind: jws, key: sig, typ: application/NONE"), "typ: must not be `none`"},
            {sign("key: sig, ttl: 1m, forced_claims: {a: .inf}"),
             "forced_claims.a: has a value that JSON cannot hold"},
            {sign("key: sig, ttl: 1m, forced_claims: [a]"), "forced_claims: must be a map"},
            {sign("key: sig, ttl: 1m, forced_claims: {}"), "forced_claims: is empty"},
            {sign("key: sig, ttl: 1m, audiences: []"), "audiences: is empty"},
            {sign("key: sig, ttl: 1m, allowed_claims: []"), "allowed_claims: is empty"},
            {sign("key: sig, ttl: 1m, allowed_headers: []"), "allowed_headers: is empty"},
            {sign("key: sig, ttl: 1m, callers: []"), "callers: is empty"},
            {sign("key: sig, ttl: 1m, callers: "), "callers: has no value"},
            {sign("key: sig, ttl: 1m, allowed_claims: [iss]"),
             "`iss` is decided by other settings"},
            {sign("key: sig, ttl: 1m, allowed_claims: [a, exp]"), "`exp` is decided"},
            {sign("key: sig, ttl: 1m, allowed_claims: [a], forced_claims: {a: 1}"),
             "allowed_claims: `a` is in forced_claims"},
            {good_keys + good_callers + "sign_profiles: {p: {key: sig, ttl: 1m}}\n",
             "sign_profiles.p: needs our own `issuer`"},
            {"keys: [{name: s, kid: s, alg: HS256, generate: true}]\n"
             "sign_profiles: {p: {key: s, ttl: 1m}}\n",
             "sign_profiles.p: needs an `iss`, or an `issuer` of its series"},
            {good_issuer
                 + "keys: [{name: s, kid: s, alg: HS256, generate: true}]\n"
                   "sign_profiles: {p: {key: s, ttl: 1m, iss: \"https://a.example\"}}\n",
             "a secret cannot sign for our own issuer"},
            {good_issuer + "keys: [{name: s, jwk: " +
                 [] {
                     auto const set = set_of(core::key_family::p256);
                     return set.substr(9, set.size() - 11);
                 }()
                 + "}]\nsign_profiles: {p: {key: s, ttl: 1m}}\n",
             "keys[0]: is a public key, and its series signs: give the private key"},
        });
    }

    TEST_CASE("sign_profiles: a series that signs claims and payloads -> a problem")
    {
        CHECK(load(
                  good_issuer + good_keys
                  + "sign_profiles: {a: {key: sig, ttl: 1m}, b: {key: sig, kind: jws, typ: r}}\n"
        )
                  .says("sign_profiles.b.key: series `sig` also signs for `a`, which has another"));
        CHECK(load(
                  good_issuer + good_keys
                  + "sign_profiles: {a: {key: sig, ttl: 1m}, b: {key: sig, ttl: 2m}}\n"
        )
                  .settings.has_value());
    }
}

TEST_SUITE("config/sections/read_inline_keys")
{
    TEST_CASE("inline_keys: the endpoints that take keys")
    {
        auto const got = settings_of("inline_keys: {endpoints: [verify]}\n");
        CHECK(got.inline_keys.verify);
        CHECK(!got.inline_keys.sign);
        CHECK(!settings_of("inline_keys: {endpoints: []}\n").inline_keys.verify);
        check_refused({
            {"inline_keys: {endpoints: [verfy]}\n",
             "`verfy` does not take keys, did you mean `verify`?"},
            {"inline_keys: {endpoints: [encrypt], allow_weak_hmac: true}\n",
             "allow_weak_hmac: needs sign or verify in `endpoints`"},
            {"inline_keys: {endpoints: [verify], allow_zip: true}\n",
             "allow_zip: needs encrypt or decrypt in `endpoints`"},
            {"inline_keys: {allow_algorithms: [RSA1_5]}\n",
             "allow_algorithms: needs encrypt or decrypt in `endpoints`"},
            {"inline_keys: {endpoints: [decrypt], allow_algorithms: []}\n",
             "allow_algorithms: is empty"},
            {"inline_keys: {allow_zip: 1}\n", "allow_zip: must be true or false"},
        });
    }
}

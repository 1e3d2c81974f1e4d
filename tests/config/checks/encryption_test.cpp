#include "core/algorithms/encryption_algorithm.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

core::jwk fresh(core::key_family family, std::size_t bits = 0)
{
    core::jwk key;
    key.material = *core::crypto::generate(family, bits);
    return key;
}

std::string private_jwk(core::jwk const& key)
{
    std::string text;
    core::append_private_jwk(text, key);
    return text;
}

std::string public_jwk(core::jwk const& key)
{
    std::string text;
    core::append_public_jwk(text, key);
    return text;
}

/// One series of use enc, with further members.
std::string enc(std::string const& members)
{
    return good_issuer + good_callers + "keys: [{name: sealed, use: enc, callers: [app], " + members
        + "}]\n";
}

std::string const enc_pair = "  - {name: sealed, use: enc, generate: true, callers: [app]}\n";

/// Our signing series, an encryption series, and one verify profile.
std::string nested(std::string const& members, std::string const& key = enc_pair)
{
    return good_issuer + good_callers + "keys:\n  - {name: sig, generate: true}\n" + key
        + "verify_profiles:\n  p: {issuers: [self], audiences: none, " + members + "}\n";
}

std::string issuer(std::string const& set, std::string const& members = "")
{
    return good + "issuers: [{name: corp, issuer: urn:corp, jwks: {\"keys\":[" + set + "]}"
        + members + "}]\n";
}

}  // namespace

TEST_SUITE("config/sections/fit_encryption")
{
    TEST_CASE("keys: use enc has the alg of its kind, and key pairs are in our JWKS")
    {
        auto const got = settings_of(enc("generate: true"));
        auto const& key = got.keys.at(0);
        CHECK(key.key.use == core::key_use::enc);
        CHECK(key.key.alg == "ECDH-ES+A256KW");
        CHECK(key.in_jwks);
        CHECK(key.longest_token == std::chrono::hours{24});
        CHECK(got.encryption.at("sealed").callers == std::vector<std::string>{"app"});
        CHECK(!got.encryption.at("sealed").allow_zip);
        for (auto const& [family, bits, alg] : {
                 std::tuple{core::key_family::rsa, 2048, "RSA-OAEP-256"},
                 std::tuple{core::key_family::x25519, 0, "ECDH-ES+A256KW"},
                 std::tuple{core::key_family::x448, 0, "ECDH-ES+A256KW"},
                 std::tuple{core::key_family::secret, 128, "A128KW"},
                 std::tuple{core::key_family::secret, 512, "dir"},
             }) {
            CAPTURE(alg);
            auto const made = fresh(family, static_cast<std::size_t>(bits));
            auto const read =
                load(enc("kid: k, jwk: \"env:A_KEY\""), {{"A_KEY", private_jwk(made)}});
            INFO(read.problems);
            REQUIRE(read.settings.has_value());
            CHECK(read.settings->keys.at(0).key.alg == alg);
        }
    }

    TEST_CASE("keys: generate makes a key for every alg of encryption and every enc")
    {
        std::vector<std::string_view> names;
        for (auto const& row : core::key_management_algorithms)
            names.push_back(row.name);
        for (auto const& row : core::content_encryption_algorithms)
            names.push_back(row.name);
        for (auto const name : names) {
            CAPTURE(name);
            auto const got = load(enc("kid: k, generate: true, alg: " + std::string(name)));
            INFO(got.problems);
            REQUIRE(got.settings.has_value());
            CHECK(got.settings->keys.at(0).key.alg == name);
        }
    }

    TEST_CASE("keys: a key's own use and alg bind")
    {
        auto key = fresh(core::key_family::rsa, 2048);
        key.use = core::key_use::enc;
        key.alg = "RSA-OAEP-512";
        auto const by = [&](std::string const& members) {
            return load(
                good_issuer + "keys: [{name: a, jwk: \"env:A_KEY\"" + members + "}]\n",
                {{"A_KEY", private_jwk(key)}}
            );
        };
        CHECK(by("").settings->keys.at(0).key.alg == "RSA-OAEP-512");
        CHECK(by("").settings->keys.at(0).key.use == core::key_use::enc);
        CHECK(by(", use: enc, alg: RSA-OAEP").says("keys[0].alg: the key itself says RSA-OAEP-512")
        );
        CHECK(by(", use: sig, alg: RS256").says("the key itself says"));
        key.alg = "";
        CHECK(by(", use: sig").says("keys[0].use: the key itself says that it is for encryption"));
        key.use = core::key_use::sig;
        CHECK(by(", use: enc").says("the key itself says that it is for signatures"));
        key.use = core::key_use::any;
        key.alg = "RSA-OAEP";
        CHECK(by("").says("`RSA-OAEP` is for encryption: add `use: enc`"));
        auto dir = fresh(core::key_family::secret, 256);
        dir.alg = "dir";
        dir.kid = "d";
        auto const refined =
            load(enc("alg: A256GCM, jwk: \"env:A_KEY\""), {{"A_KEY", private_jwk(dir)}});
        CHECK(refined.settings->keys.at(0).key.alg == "A256GCM");
    }

    TEST_CASE("keys: what does not fit an alg of encryption -> problems")
    {
        auto const secret = [](std::size_t octets, std::string const& members) {
            return load(
                enc("kid: k, secret: \"env:S\", " + members), {{"S", std::string(octets, 's')}}
            );
        };
        CHECK(secret(16, "alg: A256KW").says("A256KW needs a secret of 256 bits, this one has 128")
        );
        CHECK(secret(16, "alg: A128CBC-HS256").says("needs a secret of 256 bits"));
        CHECK(secret(20, "alg: dir").says("dir needs a secret of 128, 192, 256, 384 or 512 bits"));
        CHECK(secret(20, "publish: false").says("no encryption algorithm takes a key of this kind")
        );
        CHECK(secret(7, "alg: PBES2-HS256+A128KW").settings.has_value());
        auto const small =
            load(enc("jwk: \"env:A_KEY\""), {{"A_KEY", R"({"kty":"RSA","e":"AQAB","n":")" + [] {
                                                  // 1024 bits, to be named and refused
                                                  return std::string(
                                                      "xAjYpXJpKQnKy7sKKEHUj9cIcfZ0zaPVjTUD_"
                                                      "CszG7RMbQs5d9fWVpAuF_HpAB4d1LKTYFw3Bt6bhQTh"
                                                      "iJ8a2gfeHuKJ0dU2WUZmGQU0F6cjPnk4BPgc3JNgmqNB"
                                                      "KfbNzZX1T4ZWbnLJw6Xd6jVjDWVrQ_Z9s3a"
                                                      "GzVb1d1cVhTk"
                                                  );
                                              }() + "\"}"}});
        CHECK(!small.settings);
        check_refused({
            {enc("generate: true, alg: ES256"), "`ES256` is not an encryption algorithm"},
            {enc("generate: true, alg: RSA-OEAP"), "did you mean `RSA-OAEP`?"},
            {enc("kid: k, generate: true, alg: A256KW, allow_weak_hmac: true"),
             "allow_weak_hmac: is only for keys that sign"},
            {good_issuer + "keys: [{name: a, generate: true, alg: A256KW}]\n",
             "`A256KW` is for encryption: add `use: enc`"},
            {good_issuer + "keys: [{name: a, generate: true, callers: [app]}]\n",
             "keys[0].callers: is only for keys of `use: enc`"},
            {good_issuer + "keys: [{name: a, generate: true, allow_zip: true}]\n",
             "keys[0].allow_zip: is only for keys of `use: enc`"},
            {enc("jwk: " + public_jwk(fresh(core::key_family::ed25519))),
             "no encryption algorithm takes a key of this kind"},
            {enc("alg: RSA-OAEP, jwk: " + public_jwk(fresh(core::key_family::p256))),
             "RSA-OAEP does not fit a key of type EC P-256"},
            {good_issuer + "keys: [{name: a, jwk: " + public_jwk(fresh(core::key_family::x25519))
                 + "}]\n",
             "this kind of key cannot sign; add `use: enc`"},
            {good_issuer
                 + R"(keys: [{name: a, use: enc, jwk: {"kty":"EC","crv":"P-256","key_ops":["sign"],"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}}])"
                 + "\n",
             "the key's own key_ops do not let it encrypt or decrypt"},
        });
    }
}

TEST_SUITE("config/checks/check_encryption")
{
    TEST_CASE("keys: a series has one use, one alg and one allow_zip; callers add up")
    {
        auto const two = [](std::string const& first, std::string const& second) {
            return good_issuer + "callers: [{name: app, uid: 1}, {name: web, uid: 2}]\n"
                + "keys:\n  - {name: a, generate: true, " + first
                + "}\n  - {name: a, generate: true, activate_at: 2026-10-01T00:00:00Z, " + second
                + "}\n";
        };
        auto const got = settings_of(two("use: enc, callers: [app]", "use: enc, callers: [web]"));
        CHECK(got.encryption.at("a").callers == std::vector<std::string>{"app", "web"});
        check_refused({
            {two("use: enc", "use: sig"), "keys[1]: has another use than keys[0]"},
            {two("use: enc", "use: enc, alg: ECDH-ES"), "keys[1]: has another alg than keys[0]"},
            {two("use: enc", "use: enc, allow_zip: true"),
             "keys[1]: has another `allow_zip` than keys[0]"},
        });
    }

    TEST_CASE("keys: a secret of use enc has no issuer, because it signs no tokens")
    {
        CHECK(load(enc("kid: k, alg: A256KW, generate: true")).settings.has_value());
        CHECK(load(enc("kid: k, alg: A256KW, generate: true, issuer: urn:a"))
                  .says("keys[0].issuer: a secret of `use: enc` has no issuer"));
    }

    TEST_CASE("keys: the same material under two uses -> a problem")
    {
        auto const key = fresh(core::key_family::p256);
        auto const got = load(
            good_issuer
                + "keys: [{name: a, jwk: \"env:K\"}, {name: b, use: enc, jwk: \"env:K\"}]\n",
            {{"K", private_jwk(key)}}
        );
        CHECK(got.says("keys[1]: is the same key as keys[0]"));
    }

    TEST_CASE("callers: each name must be a caller's")
    {
        auto key = fresh(core::key_family::x25519);
        key.use = core::key_use::enc;
        check_refused({
            {good_issuer + good_callers
                 + "keys: [{name: a, use: enc, generate: true, callers: [apq]}]\n",
             "keys[0].callers: there is no caller `apq`, did you mean `app`?"},
            {issuer(public_jwk(key), ", callers: [apq]"),
             "issuers[0].callers: there is no caller `apq`"},
            {nested("callers: [apq]"), "verify_profiles.p.callers: there is no caller `apq`"},
        });
    }

    TEST_CASE("verify_profiles: decrypt names a series of use enc that can open, and needs callers")
    {
        auto const profile =
            settings_of(nested("decrypt: sealed, callers: [app], require_encryption: true"))
                .verify_profiles.at("p");
        CHECK(profile.decrypt == "sealed");
        CHECK(profile.callers == std::vector<std::string>{"app"});
        CHECK(profile.require_encryption);
        auto const half = "  - {name: sealed, use: enc, callers: [app], jwk: "
            + public_jwk(fresh(core::key_family::p256)) + "}\n";
        CHECK(load(nested("typ: JWT", half)).settings.has_value());
        check_refused({
            {nested("decrypt: sealed"), "verify_profiles.p: needs `callers`"},
            {nested("decrypt: seeled, callers: [app]"),
             "decrypt: there is no series `seeled`, did you mean `sealed`?"},
            {nested("decrypt: sig, callers: [app]"), "decrypt: series `sig` signs"},
            {nested("decrypt: sealed, callers: [app]", half),
             "keys[1]: is a public key, and its series decrypts: give the private key"},
            {nested("require_encryption: true"), "require_encryption: needs `decrypt`"},
            {good_issuer + good_callers + "keys:\n  - {name: sig, generate: true}\n" + enc_pair
                 + "verify_profiles: {p: {mode: jws, series: [sig], decrypt: sealed, callers: "
                   "[app]}}\n",
             "decrypt: is about nested JWTs, which mode jws does not read"},
        });
    }

    TEST_CASE("profiles: an encryption series signs nothing and verifies nothing")
    {
        check_refused({
            {good_issuer + good_callers + "keys:\n" + enc_pair
                 + "sign_profiles: {p: {key: sealed, ttl: 1m}}\n",
             "sign_profiles.p.key: series `sealed` is for encryption and signs nothing"},
            {good_issuer + good_callers + "keys:\n" + enc_pair
                 + "verify_profiles: {p: {issuers: [sealed], audiences: none}}\n",
             "verify_profiles.p.issuers: series `sealed` is for encryption and verifies nothing"},
            {good_issuer + good_callers + "keys:\n" + enc_pair
                 + "verify_profiles: {p: {issuers: [self], audiences: none}}\n",
             "`self` needs a key pair of our own"},
        });
    }

    TEST_CASE("issuers: a key of use enc is a recipient, and verifies no signatures")
    {
        auto key = fresh(core::key_family::p256);
        key.use = core::key_use::enc;
        key.kid = "e";
        auto const got = settings_of(issuer(public_jwk(key), ", callers: [app]"));
        CHECK(got.issuers.at(0).callers == std::vector<std::string>{"app"});
        CHECK(
            load(
                issuer(public_jwk(key))
                + "verify_profiles: {other: {issuers: [corp], audiences: none}}\n"
            )
                .problems.size()
            != 0
        );
        auto const alone = good_issuer + good_keys + good_callers
            + "issuers: [{name: corp, issuer: urn:corp, jwks: {\"keys\":[" + public_jwk(key)
            + "]}}]\nverify_profiles: {p: {issuers: [corp], audiences: none}}\n";
        CHECK(load(alone).says("verify_profiles.p.issuers: `corp` has only keys for encryption"));
    }

    TEST_CASE("inline_keys: every endpoint, and what may be allowed")
    {
        auto const got =
            settings_of("inline_keys: {endpoints: [encrypt, decrypt], allow_algorithms: [RSA1_5, "
                        "PBES2-HS256+A128KW], allow_zip: true}\n");
        CHECK(got.inline_keys.encrypt);
        CHECK(got.inline_keys.decrypt);
        CHECK(!got.inline_keys.sign);
        CHECK(got.inline_keys.allow_zip);
        CHECK(got.inline_keys.allow_algorithms.size() == 2);
        check_refused({
            {"inline_keys: {allow_algorithms: [RSA15]}\n", "did you mean `RSA1_5`?"},
            {"inline_keys: {allow_algorithms: [A128KW]}\n",
             "`A128KW` is not one of the algorithms that are off by default"},
            {"limits: {jwe_bytes: 251KiB}\n", "limits.jwe_bytes: must be from 256 to 256000"},
        });
    }

    TEST_CASE("warnings: dir with AES-GCM, what is off by default, zip, and series for nobody")
    {
        auto const warns = [](std::string const& members, std::string_view text) {
            auto const got = load(enc("kid: k, generate: true, " + members));
            INFO(got.problems);
            REQUIRE(got.settings.has_value());
            return got.warns(text);
        };
        constexpr std::string_view direct = "keys[0].alg: dir uses the key itself for AES-GCM";
        CHECK(warns("alg: dir", direct));
        CHECK(warns("alg: A128GCM", direct));
        CHECK(!warns("alg: A128CBC-HS256", direct));
        CHECK(!warns("alg: A256KW", direct));
        CHECK(warns("alg: RSA1_5", "keys[0].alg: RSA1_5 is deprecated"));
        CHECK(warns("allow_zip: true", "keys[0].allow_zip: the length of a compressed message"));
        CHECK(load(good_issuer + "keys: [{name: a, use: enc, generate: true}]\n")
                  .warns("keys[0]: its series has no `callers`"));
        auto const got = load(
            "server: {listen: [{address: \"0.0.0.0:1\", endpoints: [decrypt], "
            "allow_plaintext: true}]}\n"
            "inline_keys: {endpoints: [decrypt], allow_algorithms: [RSA1_5], allow_zip: true}\n"
        );
        CHECK(got.warns("0.0.0.0:1 opens decrypt beyond this machine"));
        CHECK(got.warns("may use keys of their own"));
        CHECK(got.warns("inline_keys.allow_algorithms: RSA1_5 is deprecated"));
        CHECK(got.warns("inline_keys.allow_zip: the length of a compressed message"));
    }
}

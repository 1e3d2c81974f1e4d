#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/sample.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <unistd.h>

using namespace sample;

namespace {

core::jwk fresh(core::key_family family, std::size_t bits = 0)
{
    auto material = core::crypto::generate(family, bits);
    REQUIRE(material.has_value());
    core::jwk key;
    key.material = *material;
    return key;
}

std::string private_pem(core::jwk const& key)
{
    auto pem = core::to_private_pem(*key.material);
    REQUIRE(pem.has_value());
    return *pem;
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

std::string const secret_text(32, 's');

/// A configuration with these items as its keys.
std::string keys(std::string const& items)
{
    return "issuer: urn:us\nkeys:\n" + items;
}

}  // namespace

TEST_SUITE("config/sections/read_keys")
{
    TEST_CASE("keys: a PEM file, with the kind's usual alg and a derived kid")
    {
        folder const where;
        auto const key = fresh(core::key_family::p384);
        where.write("keys/a.pem", private_pem(key));
        auto const got = load_in(where, keys("  - {name: sig, file: keys/a.pem}\n"));
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& read = got.settings->keys.at(0);
        CHECK(read.key.alg == "ES384");
        CHECK(read.key.kid == core::thumbprint(*key.material));
        CHECK(read.key.kid_is_derived);
        CHECK(read.key.use == core::key_use::sig);
        CHECK(read.issuer == "urn:us");
        CHECK(read.in_jwks);
    }

    TEST_CASE("keys: a JWK file keeps its kid and alg")
    {
        folder const where;
        auto key = fresh(core::key_family::rsa, 2048);
        key.kid = "of-the-file";
        key.alg = "PS256";
        where.write("a.jwk", private_jwk(key));
        auto const got = load_in(where, keys("  - {name: sig, file: a.jwk}\n"));
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->keys.at(0).key.kid == "of-the-file");
        CHECK(got.settings->keys.at(0).key.alg == "PS256");
        CHECK(load_in(where, keys("  - {name: sig, file: a.jwk, kid: other}\n"))
                  .says("keys[0].kid: the key itself has another kid"));
        CHECK(load_in(where, keys("  - {name: sig, file: a.jwk, alg: RS256}\n"))
                  .says("keys[0].alg: the key itself says PS256"));
    }

    TEST_CASE("keys: a JWK by reference, a public one written out, a private one never")
    {
        auto const key = fresh(core::key_family::ed25519);
        auto const by_reference =
            load(keys("  - {name: sig, jwk: \"env:A_KEY\"}\n"), {{"A_KEY", private_jwk(key)}});
        REQUIRE(by_reference.settings.has_value());
        CHECK(by_reference.settings->keys.at(0).key.alg == "EdDSA");
        CHECK(load(keys("  - {name: old, jwk: " + public_jwk(key) + "}\n")).settings.has_value());
        auto const literal = load(keys("  - {name: sig, jwk: " + private_jwk(key) + "}\n"));
        CHECK(literal.says("keys[0].jwk: must not contain a private key"));
    }

    TEST_CASE("keys: files that others may use are refused for private keys, with the remedy")
    {
        folder const where;
        auto const key = fresh(core::key_family::p256);
        auto const item = keys("  - {name: sig, file: a.pem}\n");
        for (auto const& [mode, problem] : std::initializer_list<std::pair<mode_t, std::string>>{
                 {0604, "is accessible to everyone"},
                 {0601, "is accessible to everyone"},
                 {0605, "is accessible to everyone"},
             }) {
            where.write("a.pem", private_pem(key), mode);
            auto const got = load_in(where, item);
            CAPTURE(mode);
            CAPTURE(got.problems);
            CHECK(got.says(problem));
            CHECK(got.says("use mode 0600, or 0440 with a group of this process"));
        }
    }

    TEST_CASE("keys: a file readable by a group of this process is accepted, by another's refused")
    {
        folder const where;
        auto const item = keys("  - {name: sig, file: a.pem}\n");
        auto const file = where.write("a.pem", private_pem(fresh(core::key_family::p256)), 0440);
        REQUIRE(::chown(file.c_str(), static_cast<uid_t>(-1), ::getegid()) == 0);
        CHECK(load_in(where, item).settings.has_value());
        if (::geteuid() == 0) {  // only root can give a file to a group that it is not in
            REQUIRE(::chown(file.c_str(), static_cast<uid_t>(-1), 54321) == 0);
            CHECK(load_in(where, item).says("is readable by a group that this process is not in"));
        }
    }

    TEST_CASE("keys: a public key's file may be read by everyone")
    {
        folder const where;
        where.write("a.pem", core::to_public_pem(*fresh(core::key_family::p256).material), 0644);
        CHECK(load_in(where, keys("  - {name: old, file: a.pem}\n")).settings.has_value());
    }

    TEST_CASE("keys: missing, empty, overlong and unreadable files -> problems without content")
    {
        folder const where;
        where.write("empty.pem", "");
        where.write("text.pem", "hunter2 is no key");
        where.write("long.pem", std::string(core::key_text_max + 1, 'x'));
        auto const file = [](std::string const& name) {
            return keys("  - {name: sig, file: " + name + "}\n");
        };
        CHECK(load_in(where, file("none.pem")).says("cannot be read"));
        CHECK(load_in(where, file("none.pem")).says("No such file or directory"));
        CHECK(load_in(where, file("empty.pem")).says("empty.pem is empty"));
        CHECK(load_in(where, file("long.pem")).says("is larger than 65536 bytes"));
        CHECK(load_in(where, file(".")).says("is a folder"));
        auto const got = load_in(where, file("text.pem"));
        CHECK(got.says("keys[0].file: "));
        CHECK(!got.says("hunter2"));
    }

    TEST_CASE("keys: secrets from variables and files, less one newline at a file's end")
    {
        folder const where;
        where.write("s.txt", secret_text + "\n\n");
        where.write("b64.txt", "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M\n");
        auto const got = load_in(
            where,
            keys("  - {name: a, kid: a, secret: \"env:A\", issuer: urn:a}\n"
                 "  - {name: b, kid: b, secret: \"file:s.txt\", issuer: urn:b}\n"
                 "  - {name: c, kid: c, secret_b64: \"file:b64.txt\", issuer: urn:c}\n"),
            {{"A", "v" + secret_text + "\n"}}
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const octets = [&](std::size_t i) {
            auto parts = core::crypto::private_parts_of(*got.settings->keys.at(i).key.material);
            return std::string(core::as_text(parts->k.view()));
        };
        CHECK(octets(0) == "v" + secret_text + "\n");
        CHECK(octets(1) == secret_text + "\n");
        CHECK(octets(2) == secret_text);
        CHECK(got.settings->keys[0].key.alg == "HS256");
        CHECK(!got.settings->keys[0].in_jwks);
    }

    TEST_CASE("keys: a line break or a byte order mark in a secret that is a text -> a warning")
    {
        folder const where;
        std::string const marked = "\xef\xbb\xbf" + secret_text;
        where.write("windows.txt", secret_text + "\r\n");
        where.write("two.txt", secret_text + "\n\n");
        where.write("marked.txt", marked);
        where.write("good.txt", secret_text + "\n");
        where.write("random.txt", std::string(32, '\x01') + "\r\n");
        auto const warns = [&](std::string const& source, std::string_view of) {
            auto const got = load_in(
                where, keys("  - {name: a, kid: a, issuer: urn:a, " + source + "}\n"),
                {{"LINE", secret_text + "\n"}, {"CRLF", secret_text + "\r\n"}, {"OK", secret_text}}
            );
            INFO(got.problems);
            REQUIRE(got.settings.has_value());
            CHECK(got.warnings.find(secret_text) == std::string::npos);
            return got.warnings.find(of) != std::string::npos;
        };
        CHECK(warns("secret: \"file:windows.txt\"", "windows.txt ends in a carriage return"));
        CHECK(warns("secret: \"file:two.txt\"", "two.txt ends in a line break"));
        CHECK(warns("secret: \"file:marked.txt\"", "marked.txt begins with a byte order mark"));
        CHECK(warns("secret: \"env:LINE\"", "the variable LINE ends in a line break"));
        CHECK(warns("secret: \"env:CRLF\"", "the variable CRLF ends in a line break"));
        for (auto const* good : {"file:good.txt", "file:random.txt", "env:OK"})
            CHECK(!warns("secret: \"" + std::string(good) + "\"", "part of the secret"));
    }

    TEST_CASE("keys: a wrong password with a line break -> the problem says so")
    {
        folder const where;
        where.write("a.pem", samples::ec_enc_pbkdf2);
        where.write("password", "correct\r\n");
        auto const got =
            load_in(where, keys("  - {name: a, file: a.pem, password: \"file:password\"}\n"));
        CHECK(got.says("keys[0].file: "));
        CHECK(got.says("password ends in a carriage return"));
    }

    TEST_CASE("keys: a private key with its certificate is the key; another certificate -> a "
              "problem")
    {
        folder const where;
        auto const item = keys("  - {name: a, file: a.pem}\n");
        where.write("a.pem", std::string(samples::ec_pkcs8) + std::string(samples::leaf_cert));
        auto const got = load_in(where, item);
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->keys[0].key.material->is_private());
        where.write("a.pem", std::string(samples::ec_pkcs8) + std::string(samples::other_cert));
        CHECK(load_in(where, item).says("keys[0].file: a certificate belongs to no key"));
    }

    TEST_CASE("keys: literal, empty, unresolved and misspelt secrets -> problems")
    {
        folder const where;
        where.write("newline.txt", "\n");
        where.write("open.txt", secret_text, 0644);
        environment const variables{{"EMPTY", ""}, {"ODD", "not base64url!"}, {"OK", secret_text}};
        auto const problem = [&](std::string const& source) {
            auto const got = load_in(
                where, keys("  - {name: a, kid: a, issuer: urn:a, " + source + "}\n"), variables
            );
            CHECK(!got.settings);
            return got.problems;
        };
        CHECK(
            problem("secret: hunter2").find("secrets must not be written here") != std::string::npos
        );
        CHECK(problem("secret: hunter2").find("hunter2") == std::string::npos);
        CHECK(problem("secret: \"env:NONE\"").find("no variable NONE") != std::string::npos);
        CHECK(problem("secret: \"env:EMPTY\"").find("EMPTY is empty") != std::string::npos);
        CHECK(problem("secret: \"env:\"").find("no variable") != std::string::npos);
        CHECK(problem("secret: \"file:none\"").find("cannot be read") != std::string::npos);
        CHECK(problem("secret: \"file:newline.txt\"").find("is empty") != std::string::npos);
        CHECK(
            problem("secret: \"file:open.txt\"").find("is accessible to everyone")
            != std::string::npos
        );
        CHECK(problem("secret_b64: \"env:ODD\"").find("base64url") != std::string::npos);
        CHECK(problem("secret_b64: \"env:ODD\"").find("not base64url!") == std::string::npos);
    }

    TEST_CASE("keys: a secret that is a key's text -> a problem")
    {
        auto const pem = core::to_public_pem(*fresh(core::key_family::p256).material);
        auto const got =
            load(keys("  - {name: a, kid: a, issuer: urn:a, secret: \"env:A\"}\n"), {{"A", pem}});
        CHECK(got.says("keys[0].secret: "));
    }

    TEST_CASE("keys: an encrypted key's password by reference; a wrong one is a problem")
    {
        CHECK(load(keys("  - {name: a, password: \"env:A\", generate: true}\n"))
                  .says("keys[0].password: is only for a `file`"));
        folder const where;
        where.write("a.pem", samples::ec_enc_pbkdf2);
        auto const item = keys("  - {name: a, file: a.pem, password: \"env:A\"}\n");
        CHECK(load_in(where, item, {{"A", "hunter2"}}).says("keys[0].file: "));
        CHECK(!load_in(where, item, {{"A", "hunter2"}}).says("hunter2"));
        CHECK(load_in(where, item, {{"A", "correct"}}).settings.has_value());
        CHECK(load_in(where, keys("  - {name: a, file: a.pem}\n")).says("keys[0].file: "));
        where.write("a.pem", private_pem(fresh(core::key_family::p256)));
        CHECK(load_in(
                  where, item, {{"A", "correct"}}
        ).says("keys[0].password: the file is not encrypted"));
        CHECK(load_in(where, keys("  - {name: a, file: a.pem, password: hunter2}\n"))
                  .says("keys[0].password: must be a reference"));
    }

    TEST_CASE("keys: short secrets need allow_weak_hmac on that key")
    {
        auto const item = [](std::string const& more) {
            return keys("  - {name: a, kid: a, issuer: urn:a, secret: \"env:A\"" + more + "}\n");
        };
        environment const variables{{"A", "short"}};
        CHECK(load(item(""), variables)
                  .says("HS256 needs a key of at least 256 bits, this one has 40"));
        auto const got = load(item(", allow_weak_hmac: true"), variables);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->keys[0].key.allow_weak_hmac);
        CHECK(load(
                  item(", alg: HS512"), {{"A", secret_text}}
        ).says("HS512 needs a key of at least 512 bits"));
    }

    TEST_CASE("keys: RSA under 2048 bits, algs of other kinds, no alg at all -> problems")
    {
        check_refused({
            {keys("  - {name: a, generate: true, alg: RS1}\n"),
             "`RS1` is not a signature algorithm"},
            {keys("  - {name: a, generate: true, alg: ES265}\n"), "did you mean `ES256`?"},
            {keys("  - {name: a, generate: true, alg: none}\n"), "is not a signature algorithm"},
            {keys("  - {name: a, generate: false}\n"), "keys[0].generate: must be true"},
            {keys("  - {name: a, generate: yes}\n"), "keys[0].generate: must be true or false"},
        });
        folder const where;
        where.write("ec.pem", private_pem(fresh(core::key_family::p256)));
        CHECK(load_in(where, keys("  - {name: a, file: ec.pem, alg: RS256}\n"))
                  .says("keys[0].alg: RS256 does not fit a key of type EC P-256"));
        CHECK(load_in(where, keys("  - {name: a, file: ec.pem, allow_weak_hmac: true}\n"))
                  .says("keys[0].allow_weak_hmac: is only for secrets"));
    }

    TEST_CASE("keys: generated ones of every kind fit their alg")
    {
        for (auto const* alg :
             {"HS256", "PS256", "ES512", "ES256K", "EdDSA", "Ed448", "ML-DSA-44"}) {
            CAPTURE(alg);
            auto const got = load(keys(
                "  - {name: a, kid: a, issuer: urn:a, generate: true, alg: " + std::string(alg)
                + "}\n"
            ));
            CAPTURE(got.problems);
            REQUIRE(got.settings.has_value());
            CHECK(got.settings->keys[0].key.alg == alg);
            CHECK(got.settings->keys[0].key.material->is_private());
        }
    }

    TEST_CASE(
        "keys: compat is off by default, and needs a secret that is the only key of its series"
    )
    {
        auto const old = [](std::string const& more) {
            return keys("  - {name: old, kid: o, generate: true, issuer: urn:old" + more + "}\n");
        };
        CHECK(!settings_of(old(", alg: HS256")).keys.at(0).reads_jwt_pro);
        for (auto const* alg : {"HS256", "HS384", "HS512"})
            CHECK(settings_of(old(", compat: jwt_pro, alg: " + std::string(alg)))
                      .keys.at(0)
                      .reads_jwt_pro);
        check_refused({
            {old(", alg: HS256, compat: true"), "keys[0].compat: must be jwt_pro"},
            {old(", alg: ES256, compat: jwt_pro"), "keys[0].compat: jwt_pro needs a secret"},
            {old(", use: enc, alg: A256KW, compat: jwt_pro"), "compat: jwt_pro needs a secret"},
            {old(", alg: HS256, compat: jwt_pro, retire_at: 2027-01-01T00:00:00Z")
                 + "  - {name: old, kid: n, generate: true, issuer: urn:old, alg: HS256, "
                   "activate_at: 2026-12-01T00:00:00Z}\n",
             "keys[0].compat: needs a key that is the only one of its series"},
        });
    }

    TEST_CASE("keys: a misspelt alg or use -> a problem with the one that was meant, of either use")
    {
        auto const says = [](std::string const& members, std::string_view text) {
            return load(keys("  - {name: a, generate: true, " + members + "}\n")).says(text);
        };
        CHECK(says("alg: es256", "did you mean `ES256`?"));
        CHECK(says("alg: a256gcmkw", "did you mean `A256GCMKW`? That one needs `use: enc`"));
        CHECK(says("alg: rsa-oaep", "did you mean `RSA-OAEP`?"));
        CHECK(says("use: enc, alg: ecdh-es+a128kw", "did you mean `ECDH-ES+A128KW`?"));
        CHECK(says("use: ENC, alg: ES256", "must be sig or enc, did you mean `enc`?"));
        CHECK(load("Issuer: urn:a\n").says("did you mean `issuer`?"));
        CHECK(load(
                  good_issuer + good_keys
                  + "verify_profiles: {default: {issuers: [Self], audiences: [api]}}\n"
        )
                  .says("did you mean `self`?"));
    }

    TEST_CASE("keys: names, sources, use, issuer and publish that contradict -> problems")
    {
        check_refused({
            {keys("  - {generate: true}\n"), "keys[0]: needs a `name`"},
            {keys("  - {name: a.b, generate: true}\n"),
             "keys[0].name: must have at most 64 letters, digits"},
            {keys("  - {name: self, generate: true}\n"), "`self` means our own issuer"},
            {keys("  - {name: a}\n"), "needs exactly one of file, jwk, secret, secret_b64"},
            {keys("  - {name: a, generate: true, file: b}\n"), "needs exactly one of file"},
            {keys("  - a\n"), "keys[0]: must be a map of settings"},
            {"keys: {a: b}\n", "keys: must be a list"},
            {keys("  - {name: a, generate: true, use: x}\n"), "keys[0].use: must be sig or enc"},
            {keys("  - {name: a, generate: true, alg: HS256}\n"), "a secret needs a `kid`"},
            {keys("  - {name: a, generate: true, kid: \"" + std::string(257, 'k') + "\"}\n"),
             "keys[0].kid: must have at most 256 bytes"},
            {keys("  - {name: a, generate: true, issuer: \"a b\"}\n"), "keys[0].issuer: must be"},
            {keys("  - {name: a, kid: a, generate: true, alg: HS256, issuer: urn:us}\n"),
             "a secret cannot belong to our own issuer"},
            {keys("  - {name: a, kid: a, generate: true, alg: HS256, publish: true}\n"),
             "a secret is never published"},
            {keys("  - {name: a, generate: true, issuer: urn:b, publish: true}\n"),
             "our JWKS contains only keys of our own issuer"},
            {keys("  - {name: a, kid: a, generate: true, alg: HS256, publish: apart}\n"),
             "a secret is never published"},
            {keys("  - {name: a, generate: true, issuer: urn:b, publish: apart}\n"),
             "our JWKS contains only keys of our own issuer"},
            {keys("  - {name: a, generate: true, publish: elsewhere}\n"),
             "keys[0].publish: must be true, false or apart"},
            {keys("  - {name: a, generate: true, publish: [apart]}\n"),
             "keys[0].publish: must be true or false"},
            {keys("  - {name: a, generate: true, activate_at: 2026-08-01}\n"),
             "keys[0].activate_at: must be a time in RFC 3339 form"},
        });
    }

    TEST_CASE("keys: publish apart gives a series a set of its own")
    {
        auto const got = settings_of(keys("  - {name: a, generate: true, publish: apart}\n"
                                          "  - {name: b, generate: true}\n"));
        CHECK(got.keys[0].in_jwks);
        CHECK(got.keys[0].is_apart);
        CHECK(!got.keys[1].is_apart);
    }

    TEST_CASE("keys: publish false, or another issuer, keeps a series out of our JWKS")
    {
        auto const got = settings_of(keys("  - {name: a, generate: true, publish: false}\n"
                                          "  - {name: b, generate: true, issuer: urn:b}\n"
                                          "  - {name: c, generate: true, publish: true}\n"));
        CHECK(!got.keys[0].in_jwks);
        CHECK(!got.keys[1].in_jwks);
        CHECK(got.keys[2].in_jwks);
    }
}

TEST_SUITE("config/checks/check_keys")
{
    TEST_CASE("keys: one kid twice, one material twice -> problems")
    {
        check_refused(
            {{keys("  - {name: a, generate: true, kid: x}\n"
                   "  - {name: b, generate: true, kid: x}\n"),
              "signet.yaml:4:5: keys[1]: has the kid of keys[0]"}}
        );
        folder const where;
        where.write("a.pem", private_pem(fresh(core::key_family::rsa, 2048)));
        CHECK(load_in(
                  where,
                  keys("  - {name: a, file: a.pem, alg: RS256}\n"
                       "  - {name: b, file: a.pem, alg: PS256, kid: b}\n")
        )
                  .says("keys[1]: is the same key as keys[0]"));
        CHECK(load(
                  keys("  - {name: a, kid: a, issuer: urn:a, secret: \"env:A\"}\n"
                       "  - {name: b, kid: b, issuer: urn:b, secret: \"env:A\"}\n"),
                  {{"A", secret_text}}
        ).says("keys[1]: is the same key as keys[0]"));
    }

    TEST_CASE("keys: a series of two algs, issuers or publications -> problems")
    {
        auto const second = [](std::string const& more) {
            return keys(
                "  - {name: a, generate: true}\n"
                "  - {name: a, generate: true, activate_at: 2026-10-01T00:00:00Z, "
                + more + "}\n"
            );
        };
        check_refused({
            {second("alg: ES384"), "keys[1]: has another alg than keys[0]"},
            {second("issuer: urn:b"), "keys[1]: has another issuer than keys[0]"},
            {second("publish: false"), "keys[1]: has another `publish` than keys[0]"},
            {second("publish: apart"), "keys[1]: has another `publish` than keys[0]"},
        });
    }

    TEST_CASE("keys: two keys of a series that begin to sign at once -> a problem")
    {
        check_refused({
            {keys("  - {name: a, generate: true}\n  - {name: a, generate: true}\n"),
             "keys[1]: begins to sign at the same time as keys[0]"},
            {keys("  - {name: a, generate: true, activate_at: 2026-08-01T00:05:00Z}\n"
                  "  - {name: a, generate: true, publish_at: 2026-08-01T00:00:00Z}\n"),
             "keys[1]: begins to sign at the same time as keys[0]"},
        });
    }

    TEST_CASE("keys: publishing less than 300 s ahead is a problem at 299 s, and none at 300 s")
    {
        auto const lead = [](std::string const& publish, std::string const& more = "") {
            return load(keys(
                "  - {name: a, generate: true, activate_at: 2026-08-01T00:05:00Z, "
                "publish_at: "
                + publish + more + "}\n"
            ));
        };
        CHECK(lead("2026-08-01T00:00:00Z").settings.has_value());
        CHECK(lead("2026-08-01T00:00:01Z")
                  .says("keys[0].publish_at: must be at least 300 s before activate_at"));
        auto const urgent = lead("2026-08-01T00:00:01Z", ", emergency: true");
        CHECK(urgent.settings.has_value());
        CHECK(urgent.warns("is less than 300 s before activate_at"));
        CHECK(lead("2026-08-01T00:05:01Z", ", emergency: true").says("is after activate_at"));
        CHECK(load(keys("  - {name: a, generate: true, emergency: true}\n"))
                  .says("keys[0].emergency: needs both publish_at and activate_at"));
    }

    TEST_CASE("keys: a retire_at that leaves no time to sign -> a problem")
    {
        auto const retired = [](std::string const& when) {
            return load(
                good_issuer + good_verify + good_callers
                + "sign_profiles: {p: {key: sig, ttl: 1h, callers: [app]}}\n"
                  "keys: [{name: sig, generate: true, activate_at: 2026-09-02T00:00:00Z, "
                  "retire_at: "
                + when + "}]\n"
            );
        };
        CHECK(retired("2026-09-01T00:00:00Z").says("retire_at: is not after its activation"));
        CHECK(retired("2026-09-02T01:05:00Z").says("retire_at: leaves it no time to sign"));
        CHECK(retired("2026-09-02T01:05:01Z").settings.has_value());
    }

    TEST_CASE("keys: a series that has retired is a problem, one that waits or winds down a warning"
    )
    {
        auto const when = [](std::string const& member) {
            return load(keys("  - {name: a, generate: true, " + member + "}\n"));
        };
        CHECK(when("retire_at: 2026-08-31T00:00:00Z").says("every key of series `a` has retired"));
        CHECK(when("retire_at: 2026-09-01T00:04:00Z").warns("no key of series `a` signs any more"));
        CHECK(when("activate_at: 2026-09-02T00:00:00Z")
                  .warns("no key of series `a` signs before 2026-09-02T00:00:00.000Z"));
        CHECK(!when("activate_at: 2026-09-01T00:00:00Z").warns("series `a`"));
    }
}

#include "core/base/base64url.hpp"
#include "tests/service/endpoints/tokens/sealed_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

std::string const text = R"("plaintext":"a secret")";

answer encrypt(live_service& by, std::string const& members, bool caller = true)
{
    return post(by, "/encrypt", "{" + members + "}", caller);
}

std::string code(live_service& by, std::string const& members)
{
    return member(encrypt(by, members), "code");
}

std::string header_of(std::string const& token)
{
    return core::base64url_decode_text(token.substr(0, token.find('.'))).value();
}

constexpr auto public_key =
    R"("key":{"kty":"EC","crv":"P-256","kid":"1","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})";

}  // namespace

TEST_SUITE("service/endpoints/tokens/encrypt")
{
    TEST_CASE("encrypt: a caller that the series names gets a token, its kid, alg and enc")
    {
        live_service running(sealed_settings());
        auto const got = encrypt(running, text + R"(,"key_name":"sealed")");
        CHECK(got.status == 200);
        CHECK(got.header("Cache-Control") == "no-store");
        CHECK(member(got, "kid") == "sealed-1");
        CHECK(member(got, "alg") == "ECDH-ES+A256KW");
        CHECK(member(got, "enc") == "A256GCM");
        auto const read = opened(running, member(got, "token"));
        CHECK(member(read, "plaintext") == "a secret");
        CHECK(encrypt(running, text + R"(,"kid":"sealed-1")").status == 200);
        CHECK(encrypt(running, text + R"(,"key_name":"sealed","kid":"sealed-1")").status == 200);
    }

    TEST_CASE("encrypt: nobody is 401, a caller that the series does not name is 403, whatever "
              "there is")
    {
        live_service running(sealed_settings());
        for (auto const* choice :
             {R"(,"key_name":"sealed")", R"(,"kid":"sealed-1")", R"(,"key_name":"partner")",
              R"(,"key_name":"nobody")", R"(,"kid":"nobody")"}) {
            CAPTURE(choice);
            auto const got = encrypt(running, text + choice, false);
            CHECK(got.status == 401);
            CHECK(member(got, "code") == "caller_unauthenticated");
        }
        for (auto const* choice :
             {R"(,"key_name":"sealed")", R"(,"kid":"sealed-1")", R"(,"key_name":"partner")"}) {
            auto const other =
                ask(running.port(),
                    post_text(
                        "/encrypt", "{" + text + choice + "}",
                        "Authorization: Bearer another secret that is long enough\r\n"
                    ));
            CHECK(other.status == 403);
            CHECK(member(other, "code") == "caller_forbidden");
        }
    }

    TEST_CASE("encrypt: no such series, issuer, kid, or one that signs, is 404 key_not_found")
    {
        auto settings = sealed_settings();
        auto const sig_kid = settings.keys.front().key.kid;
        live_service running(std::move(settings));
        for (auto const& choice :
             {std::string(R"("key_name":"nobody")"), std::string(R"("key_name":"sig")"),
              std::string(R"("kid":"nobody")"), R"("kid":")" + sig_kid + "\"",
              std::string(R"("key_name":"sealed","kid":"other")"),
              std::string(R"("key_name":"partner","kid":"other")"),
              std::string(R"("key_name":"partner","alg":"RSA-OAEP")")}) {
            CAPTURE(choice);
            auto const got = encrypt(running, text + "," + choice);
            CHECK(got.status == 404);
            CHECK(member(got, "code") == "key_not_found");
        }
    }

    TEST_CASE("encrypt: a series whose key does not encrypt yet is 404 key_not_found")
    {
        auto settings = sealed_settings();
        settings.keys.back().activate_at = service::system_now() + std::chrono::hours{1};
        live_service running(std::move(settings));
        CHECK(code(running, text + R"(,"key_name":"sealed")") == "key_not_found");
    }

    TEST_CASE("encrypt: an issuer's key of use enc, by name or kid; several that fit are ambiguous")
    {
        auto settings = sealed_settings();
        auto& keys = settings.issuers.front().keys.keys;
        auto second = keys.front();
        second.kid = "partner-enc-2";
        auto signing = keys.front();
        signing.kid = "partner-any";
        signing.use = core::key_use::any;
        keys.push_back(signing);
        {
            live_service running(settings);
            auto const got = encrypt(running, text + R"(,"key_name":"partner")");
            CHECK(got.status == 200);
            CHECK(member(got, "kid") == "partner-enc");
            CHECK(encrypt(running, text + R"(,"kid":"partner-enc")").status == 200);
            CHECK(code(running, text + R"(,"kid":"partner-any")") == "key_not_found");
            CHECK(
                code(running, text + R"(,"key_name":"partner","zip":"DEF")")
                == "algorithm_not_allowed"
            );
        }
        keys.push_back(second);
        live_service running(settings);
        auto const got = encrypt(running, text + R"(,"key_name":"partner")");
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "key_ambiguous");
        auto const named =
            encrypt(running, text + R"(,"key_name":"partner","kid":"partner-enc-2")");
        CHECK(member(named, "kid") == "partner-enc-2");
    }

    TEST_CASE("encrypt: an issuer's key that is listed with and without its alg is one key")
    {
        auto settings = sealed_settings();
        auto& keys = settings.issuers.front().keys.keys;
        keys.push_back(keys.front());
        keys.back().alg = "ECDH-ES+A256KW";
        live_service running(std::move(settings));
        CHECK(encrypt(running, text + R"(,"key_name":"partner")").status == 200);
        CHECK(encrypt(running, text + R"(,"kid":"partner-enc","alg":"ECDH-ES")").status == 200);
    }

    TEST_CASE("encrypt: only a kid means no issuer where it is ours, or where several are possible")
    {
        auto settings = sealed_settings();
        auto borrower = settings.issuers.front();
        borrower.name = "borrower";
        borrower.issuer = "urn:borrower";
        {
            auto alone = settings;
            alone.issuers.front().keys.keys.front().kid = alone.keys.back().key.kid;
            alone.encryption.clear();  // the caller may use the issuer's keys only
            live_service running(alone);
            auto const kid = R"(,"kid":")" + alone.keys.back().key.kid + '"';
            CHECK(encrypt(running, text + kid).status != 200);
            CHECK(encrypt(running, text + kid + R"(,"key_name":"partner")").status == 200);
        }
        borrower.keys.keys.front().kid = "was-partners";
        settings.issuers.push_back(borrower);
        live_service running(settings);
        CHECK(code(running, text + R"(,"kid":"was-partners")") == "key_ambiguous");
        auto const named = text + R"(,"kid":"was-partners","key_name":"borrower")";
        CHECK(encrypt(running, named).status == 200);
    }

    TEST_CASE("encrypt: what an issuer's JWKS says does not turn on what is off by default")
    {
        auto settings = sealed_settings();
        auto& key = settings.issuers.front().keys.keys.front();
        key.material = core::crypto::generate(core::key_family::rsa, 2048).value();
        key.alg = "RSA1_5";
        live_service running(std::move(settings));
        CHECK(code(running, text + R"(,"key_name":"partner")") == "algorithm_not_allowed");
    }

    TEST_CASE("encrypt: RSA1_5 works only for a series that is configured for it")
    {
        auto settings = sealed_settings();
        add_series(settings, "old", "RSA1_5", core::key_family::rsa, 2048);
        add_series(settings, "new", "RSA-OAEP-256", core::key_family::rsa, 2048);
        live_service running(std::move(settings));
        auto const token = sealed_token(running, text + R"(,"key_name":"old")");
        auto const read = opened(running, token, R"(,"key_name":"old")");
        CHECK(member(read, "alg") == "RSA1_5");
        CHECK(member(read, "plaintext") == "a secret");
        auto const other = encrypt(running, text + R"(,"key_name":"new","alg":"RSA1_5")");
        CHECK(other.status == 422);
        CHECK(member(other, "code") == "algorithm_not_allowed");
    }

    TEST_CASE("encrypt: alg and enc that do not exist are 400, that the key is not for 422")
    {
        auto settings = sealed_settings();
        add_series(settings, "direct", "A128CBC-HS256", core::key_family::secret, 256);
        live_service running(std::move(settings));
        auto const by = [&](std::string_view more) {
            return encrypt(running, text + "," + std::string(more));
        };
        for (auto const* more :
             {R"("key_name":"sealed","alg":"ROT13")", R"("key_name":"sealed","enc":"A512GCM")",
              R"("key_name":"sealed","alg":"none")", R"("key_name":"sealed","zip":"GZIP")"}) {
            CAPTURE(more);
            CHECK(by(more).status == 400);
            CHECK(member(by(more), "code") == "algorithm_unsupported");
        }
        for (auto const* more :
             {R"("key_name":"sealed","alg":"ECDH-ES")", R"("key_name":"direct","enc":"A256GCM")",
              R"("key_name":"direct","alg":"A256KW")", R"("key_name":"sealed","zip":"DEF")"}) {
            CAPTURE(more);
            CHECK(by(more).status == 422);
            CHECK(member(by(more), "code") == "algorithm_not_allowed");
        }
        auto const direct = by(R"("key_name":"direct")");
        CHECK(member(direct, "alg") == "dir");
        CHECK(member(direct, "enc") == "A128CBC-HS256");
        CHECK(member(by(R"("key_name":"sealed","enc":"A192CBC-HS384")"), "enc") == "A192CBC-HS384");
    }

    TEST_CASE("encrypt: zip where the series allows it, and what it inflates to stays bounded")
    {
        auto settings = sealed_settings();
        settings.encryption["sealed"].allow_zip = true;
        live_service running(std::move(settings));
        auto const token = sealed_token(running, text + R"(,"key_name":"sealed","zip":"DEF")");
        CHECK(header_of(token).find(R"("zip":"DEF")") != std::string::npos);
        CHECK(member(opened(running, token), "plaintext") == "a secret");
        auto const repeated = [](std::size_t size) {
            return R"("plaintext":")" + std::string(size, 'a')
                + R"(","key_name":"sealed","zip":"DEF")";
        };
        auto const short_text = opened(running, sealed_token(running, repeated(300)));
        CHECK(member(short_text, "plaintext") == std::string(300, 'a'));
        auto const bomb = encrypt(running, repeated(300'000));
        CHECK(bomb.status == 400);
        CHECK(member(bomb, "code") == "request_invalid");
    }

    TEST_CASE("encrypt: header members come first and as written; claims make typ JWT")
    {
        live_service running(sealed_settings());
        auto const head = [&](std::string const& members) {
            return header_of(sealed_token(running, members + R"(,"key_name":"sealed")"));
        };
        CHECK(head(text + R"(,"header":{"x-trace":1.0e9},"cty":"text/plain")")
                  .starts_with(R"({"x-trace":1.0e9,"cty":"text/plain","alg":)"));
        CHECK(head(R"("claims":{"sub":"a"})").starts_with(R"({"typ":"JWT","alg":)"));
        CHECK(head(R"("claims":{},"typ":"at+jwt")").starts_with(R"({"typ":"at+jwt",)"));
        CHECK(head(R"("claims":{},"header":{"typ":null})").starts_with(R"({"alg":)"));
        CHECK(head(text + R"(,"header":{"cty":"a"},"cty":"a")").starts_with(R"({"cty":"a","alg":)")
        );
    }

    TEST_CASE("encrypt: names that are ours or point to keys are never taken")
    {
        live_service running(sealed_settings());
        for (auto const* name :
             {"alg", "enc", "kid", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c", "jku",
              "jwk", "x5u", "x5c", "crit", "b64"}) {
            CAPTURE(name);
            auto const header = R"({")" + std::string(name) + R"(":"x"})";
            auto const got = encrypt(running, text + R"(,"key_name":"sealed","header":)" + header);
            CHECK(got.status == 400);
            CHECK(member(got, "member") == "header");
            auto const own = encrypt(
                running,
                text + R"(,"serialization":"general","recipients":[{"key_name":"sealed","header":)"
                    + header + "}]"
            );
            CHECK(own.status == 400);
        }
    }

    TEST_CASE("encrypt: malformed requests are 400 and name the member")
    {
        live_service running(sealed_settings());
        auto const named = std::string(R"("key_name":"sealed",)");
        for (auto const& [body, name] : {
                 std::pair{std::string(R"("key_name":"sealed")"), "plaintext"},
                 std::pair{named + R"("plaintext":"x","claims":{})", "claims"},
                 std::pair{named + R"("plaintext":7)", "plaintext"},
                 std::pair{named + R"("plaintext_b64":"!")", "plaintext_b64"},
                 std::pair{named + R"("claims":[])", "claims"},
                 std::pair{text, "key_name"},
                 std::pair{text + R"(,"key_name":7)", "key_name"},
                 std::pair{named + text + R"(,"keyname":"x")", "keyname"},
                 std::pair{named + text + R"(,"serialization":"xml")", "serialization"},
                 std::pair{named + R"("claims":{},"serialization":"general")", "serialization"},
                 std::pair{named + text + R"(,"aad_b64":"AA")", "aad_b64"},
                 std::pair{
                     named + text + R"(,"aad_b64":"!","serialization":"flattened")", "aad_b64"},
                 std::pair{named + text + R"(,"header":[])", "header"},
                 std::pair{named + text + R"(,"header":{"cty":1})", "header"},
                 std::pair{named + text + R"(,"header":{"cty":"a"},"cty":"b")", "cty"},
                 std::pair{named + text + R"(,"header":{"p2c":4000})", "header"},
                 std::pair{named + text + R"(,"apu_b64":"!")", "apu_b64"},
                 std::pair{named + text + R"(,"apv_b64":"")", "apv_b64"},
                 std::pair{
                     named + text + R"(,"aad_b64":"","serialization":"flattened")", "aad_b64"},
                 std::pair{named + text + R"(,"recipients":[{}])", "recipients"},
                 std::pair{
                     named + text + R"(,"serialization":"general","recipients":[{}])", "key_name"},
                 std::pair{text + R"(,"serialization":"general","recipients":[])", "recipients"},
                 std::pair{text + R"(,"serialization":"general","recipients":["x"])", "recipients"},
                 std::pair{
                     text
                         + R"(,"header":{"a":1},"serialization":"general","recipients":[{"key_name":"sealed","header":{"a":2}}])",
                     "header"},
                 std::pair{text + R"(,"secret":"0123456789abcdef","kid":"x")", "kid"},
                 std::pair{text + R"(,"secret":"0123456789abcdef","apu_b64":"AA")", "apu_b64"},
                 std::pair{text + R"(,"secret":"0123456789abcdef","apv_b64":"AA")", "apv_b64"},
                 std::pair{text + R"(,"password":"x")", "password"},
             }) {
            CAPTURE(body);
            auto const got = encrypt(running, body);
            CHECK(got.status == 400);
            CHECK(member(got, "code") == "request_invalid");
            CHECK(member(got, "member") == name);
        }
    }

    TEST_CASE("encrypt: flattened and general forms, with data that is covered and readable")
    {
        live_service running(sealed_settings());
        auto const flat = sealed_token(
            running, text + R"(,"key_name":"sealed","serialization":"flattened","aad_b64":"AAEC")"
        );
        CHECK(flat.find(R"("aad":"AAEC")") != std::string::npos);
        CHECK(member(opened(running, flat), "plaintext") == "a secret");
        auto const general = sealed_token(
            running,
            text
                + R"(,"serialization":"general","recipients":[{"key_name":"sealed","apu_b64":"QQ"},{"key_name":"partner"},{"secret":"0123456789abcdef","alg":"A128KW","header":{"note":"n"}}])"
        );
        CHECK(general.find(R"("note":"n")") != std::string::npos);
        CHECK(member(opened(running, general), "kid") == "sealed-1");
        CHECK(member(opened(running, general), "recipient_index") == "0");
        CHECK(
            member(opened(running, general, R"(,"secret":"0123456789abcdef")"), "plaintext")
            == "a secret"
        );
        auto const direct = encrypt(
            running,
            text
                + R"(,"serialization":"general","recipients":[{"key_name":"sealed"},{"secret":"0123456789abcdef","alg":"dir"}])"
        );
        CHECK(direct.status == 400);
    }

    TEST_CASE("encrypt: inline keys are answered with their kid and refused where they do not fit")
    {
        live_service running(sealed_settings());
        auto const got = encrypt(running, text + "," + public_key, false);
        CHECK(got.status == 200);
        CHECK(member(got, "kid") == "1");
        CHECK(member(got, "alg") == "ECDH-ES+A256KW");
        std::string exported(public_key);  // as WebCrypto's exportKey writes it
        exported.insert(exported.size() - 1, R"(,"ext":true,"key_ops":[])");
        CHECK(encrypt(running, text + "," + exported, false).status == 200);
        CHECK(code(running, text + R"(,"secret":"odd")") == "key_invalid");
        for (auto const* key :
             {R"("key":"nonsense")", R"("secret":"0123456789abcdef","alg":"A256KW")",
              R"("secret":"0123456789abcdef","alg":"RSA-OAEP")",
              R"("key":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
              R"("key":{"kty":"oct","use":"sig","k":"MDEyMzQ1Njc4OWFiY2RlZg"})",
              R"("key":{"kty":"oct","key_ops":["decrypt"],"k":"MDEyMzQ1Njc4OWFiY2RlZg"})"}) {
            CAPTURE(key);
            auto const bad = encrypt(running, text + "," + key);
            CHECK(bad.status == 400);
            CHECK(member(bad, "code") == "key_invalid");
        }
        auto settings = sealed_settings();
        settings.inline_keys.encrypt = false;
        live_service closed(std::move(settings));
        auto const refused = encrypt(closed, text + "," + public_key);
        CHECK(refused.status == 400);
        CHECK(member(refused, "member") == "key");
    }

    TEST_CASE("encrypt: passwords and PBES2 where inline_keys names them, with bounded iterations")
    {
        live_service closed(sealed_settings());
        auto const secret = text + R"(,"secret":"correct horse","alg":"PBES2-HS256+A128KW")";
        CHECK(code(closed, secret) == "algorithm_not_allowed");
        auto settings = sealed_settings();
        settings.inline_keys.allow_algorithms = {"PBES2-HS256+A128KW"};
        live_service running(std::move(settings));
        auto const password = text + R"(,"password":"correct horse")";
        auto const token = sealed_token(running, password + R"(,"header":{"p2c":1000})");
        CHECK(header_of(token).find(R"("p2c":1000)") != std::string::npos);
        auto const read = opened(running, token, R"(,"password":"correct horse")");
        CHECK(member(read, "plaintext") == "a secret");
        CHECK(member(read, "alg") == "PBES2-HS256+A128KW");
        CHECK(encrypt(running, secret + R"(,"header":{"p2c":2000})").status == 200);
        CHECK(
            code(running, password + R"(,"alg":"PBES2-HS512+A256KW")") == "algorithm_not_allowed"
        );
        CHECK(code(running, password + R"(,"alg":"A128KW")") == "algorithm_not_allowed");
        for (auto const* p2c : {"999", "1200001", "\"1000\""})
            CHECK(
                code(running, password + R"(,"header":{"p2c":)" + p2c + "}") == "request_invalid"
            );
    }

    TEST_CASE("encrypt and decrypt: limits.pbes2_iterations bounds p2c, and the refusal names it")
    {
        auto settings = sealed_settings();
        settings.inline_keys.allow_algorithms = {"PBES2-HS256+A128KW"};
        live_service usual(settings);
        auto const password = text + R"(,"password":"correct horse")";
        auto const token = sealed_token(usual, password + R"(,"header":{"p2c":1001})");
        settings.limits.pbes2_iterations = 1000;
        live_service strict(std::move(settings));
        auto const read = opened(strict, token, R"(,"password":"correct horse")");
        CHECK(read.status == 422);
        CHECK(member(read, "code") == "header_invalid");
        CHECK(member(read, "part") == "header");
        CHECK(member(read, "detail").find("p2c") != std::string::npos);
        auto const made = encrypt(strict, password + R"(,"header":{"p2c":1001})");
        CHECK(made.status == 400);
        CHECK(member(made, "member") == "header");
        CHECK(member(made, "detail").find("p2c") != std::string::npos);
        // Without p2c in the request it writes no more than it reads.
        CHECK(header_of(sealed_token(strict, password)).find(R"("p2c":1000)") != std::string::npos);
    }

    TEST_CASE("encrypt: a token over the JWE limit is not made, a body over its own is 413")
    {
        auto settings = sealed_settings();
        settings.limits.jwe_bytes = 1024;
        live_service running(std::move(settings));
        auto const of = [&](std::size_t octets) {
            return encrypt(
                running, R"("key_name":"sealed","plaintext":")" + std::string(octets, 'x') + "\""
            );
        };
        CHECK(of(256).status == 200);
        CHECK(of(1024).status == 422);
        CHECK(member(of(1024), "code") == "token_too_large");
        CHECK(member(of(300 * 1024), "code") == "token_too_large");
        CHECK(of(1024 * 1024).status == 413);
    }

    TEST_CASE("encrypt: a key that AES-GCM has used 2^32 times in this process is key_invalid")
    {
        auto settings = sealed_settings();
        add_series(settings, "direct", "A256GCM", core::key_family::secret, 256);
        auto const material = settings.keys.back().key.material;
        live_service running(std::move(settings));
        auto const by_direct = text + R"(,"key_name":"direct")";
        CHECK(material->take_gcm_uses(core::crypto::key::gcm_uses_max - 1));
        CHECK(encrypt(running, by_direct).status == 200);
        auto const got = encrypt(running, by_direct);
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "key_invalid");
    }

    TEST_CASE("encrypt: outcomes are counted by series, of other keys as `other`")
    {
        live_service running(sealed_settings());
        sealed_token(running, text + R"(,"key_name":"sealed")");
        sealed_token(running, text + R"(,"key_name":"partner")");
        encrypt(running, text + R"(,"secret":"0123456789abcdef","alg":"A256KW")");
        opened(running, "a.b.c.d.e");
        auto const text_of = get(running.admin_port(), "/metrics").body;
        for (auto const* line :
             {R"(signet_encrypt_total{key="sealed",result="ok"} 1)",
              R"(signet_encrypt_total{key="other",result="ok"} 1)",
              R"(signet_encrypt_total{key="other",result="refused"} 1)",
              R"(signet_decrypt_total{key="sealed",result="refused"} 1)",
              R"(signet_encrypt_duration_seconds_count{alg="ECDH-ES+A256KW"} 2)"}) {
            CAPTURE(line);
            CHECK(text_of.find(std::string(line) + "\n") != std::string::npos);
        }
        CHECK(text_of.find(R"(signet_sign_total{key="sealed")") == std::string::npos);
    }

    TEST_CASE("jwks, discovery: a pair of use enc is published with its use, and signs nothing")
    {
        live_service running(sealed_settings());
        auto const keys = get(running.port(), "/.well-known/jwks.json").body;
        CHECK(keys.find(R"("use":"enc","alg":"ECDH-ES+A256KW")") != std::string::npos);
        auto const said = get(running.port(), "/.well-known/openid-configuration").body;
        CHECK(said.find("ES256") != std::string::npos);
        CHECK(said.find("ECDH") == std::string::npos);
    }
}

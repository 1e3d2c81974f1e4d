#include "core/keys/jwk_write.hpp"
#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

std::string without_primes(core::crypto::key_ptr const& material)
{
    core::jwk key;
    key.material = material;
    std::string text;
    core::append_private_jwk(text, key);
    return text.substr(0, text.find(",\"p\":")) + "}";
}

}  // namespace

TEST_SUITE("service/endpoints/tokens/sign")
{
    TEST_CASE("sign: a caller that the profile names gets a token, its kid, alg and end")
    {
        live_service running(token_settings());
        auto const got = post(running, "/sign", R"({"claims":{"sub":"alice"},"jti":true})", true);
        CHECK(got.status == 200);
        CHECK(got.header("Cache-Control") == "no-store");
        CHECK(member(got, "alg") == "ES256");
        CHECK(member(got, "kid") != "(absent)");
        CHECK(member(got, "jti").size() == 22);
        CHECK(member(verified(running, member(got, "token")), "valid") == "true");
    }

    TEST_CASE("sign: nobody is 401, a stranger's secret is 401, a caller that is not named is 403")
    {
        live_service running(token_settings());
        auto const body = R"({"claims":{"sub":"alice"}})";
        auto const nobody = post(running, "/sign", body);
        CHECK(nobody.status == 401);
        CHECK(member(nobody, "code") == "caller_unauthenticated");
        CHECK(nobody.header("WWW-Authenticate").starts_with("Bearer"));
        auto const as = [&](std::string_view secret) {
            return ask(
                running.port(),
                post_text("/sign", body, "Authorization: Bearer " + std::string(secret) + "\r\n")
            );
        };
        CHECK(as("not a secret of anyone, but long enough to be one").status == 401);
        auto const other = as("another secret that is long enough");
        CHECK(other.status == 403);
        CHECK(member(other, "code") == "caller_forbidden");
    }

    TEST_CASE("sign: what the profile does not open is 422 claims_forbidden and names the claim")
    {
        live_service running(token_settings());
        for (auto const& [body, claim] : {
                 std::pair{R"({"claims":{"role":"admin"}})", "role"},
                 std::pair{R"({"claims":{"aud":"api://other"}})", "aud"},
                 std::pair{R"({"claims":{"iss":"https://me"}})", "iss"},
                 std::pair{R"({"claims":{},"expires_in":601})", "exp"},
                 std::pair{R"({"claims":{},"expires_in":0})", "exp"},
                 std::pair{R"({"claims":{},"header":{"x-other":1}})", "x-other"},
             }) {
            CAPTURE(body);
            auto const got = post(running, "/sign", body, true);
            CHECK(got.status == 422);
            CHECK(member(got, "code") == "claims_forbidden");
            CHECK(member(got, "claim") == claim);
        }
        CHECK(
            member(post(running, "/sign", R"({"claims":{"sub":7}})", true), "code")
            == "claim_invalid"
        );
    }

    TEST_CASE("sign: with a profile key_name, kid, alg and typ may only repeat what it gives")
    {
        live_service running(token_settings());
        for (auto const* more : {
                 R"("key_name":"other")",
                 R"("kid":"x")",
                 R"("alg":"HS256")",
                 R"("typ":"at+jwt")",
                 R"("header":{"typ":"at+jwt"})",
                 R"("header":{"typ":null})",
                 R"("header":{"alg":"none"})",
                 R"("header":{"kid":"x"})",
             }) {
            CAPTURE(more);
            auto const got =
                post(running, "/sign", R"({"claims":{},)" + std::string(more) + "}", true);
            CHECK(got.status == 400);
            CHECK(member(got, "code") == "request_invalid");
        }
        CHECK(
            post(running, "/sign", R"({"claims":{},"alg":"ES256","typ":"JWT"})", true).status == 200
        );
    }

    TEST_CASE("sign: header names that could redirect a verifier are never taken, with any key")
    {
        live_service running(token_settings());
        for (auto const* name : {"jku", "jwk", "x5u", "x5c", "crit", "b64"}) {
            auto const header = R"("header":{")" + std::string(name) + R"(":"x"}})";
            CHECK(post(running, "/sign", R"({"claims":{},)" + header, true).status == 400);
            CHECK(
                post(
                    running, "/sign",
                    R"({"claims":{},"secret":"0123456789abcdef0123456789abcdef",)" + header
                )
                    .status
                == 400
            );
        }
    }

    TEST_CASE("sign: the caller's header members come first and as they were written")
    {
        live_service running(token_settings());
        auto const got =
            post(running, "/sign", R"({"claims":{},"header":{"x-trace":1.0e9}})", true);
        auto const seen = post(running, "/inspect", R"({"token":")" + member(got, "token") + "\"}");
        CHECK(member(seen, "unverified_header")
                  .starts_with(R"({"x-trace":1.0e9,"alg":"ES256","typ":"JWT","kid":)"));
    }

    TEST_CASE("sign: malformed requests are 400 and name the member")
    {
        live_service running(token_settings());
        for (auto const& [body, name] : {
                 std::pair{R"({})", "claims"},
                 std::pair{R"({"claims":{},"payload":"x"})", "payload"},
                 std::pair{R"({"claims":[]})", "claims"},
                 std::pair{R"({"claims":{},"audiense":"x"})", "audiense"},
                 std::pair{R"({"claims":{"exp":99999999999},"expires_in":5})", "expires_in"},
                 std::pair{R"({"claims":{},"profile":"nobody"})", "profile"},
                 std::pair{R"({"claims":{},"detached":true})", "detached"},
                 std::pair{R"({"claims":{},"b64":false})", "b64"},
                 std::pair{R"({"claims":{},"serialization":"general"})", "serialization"},
                 std::pair{R"({"claims":{},"jti":7})", "jti"},
                 std::pair{R"({"claims":{},"jti":false})", "jti"},
                 std::pair{R"({"claims":{},"jti":""})", "jti"},
                 std::pair{R"({"claims":{},"typ":""})", "typ"},
                 std::pair{R"({"claims":{},"serialization":"xml"})", "serialization"},
                 std::pair{R"({"claims":{},"encrypt":{}})", "key_name"},
                 std::pair{R"({"claims":{},"encrypt":"sealed"})", "encrypt"},
                 std::pair{R"({"payload":"x","encrypt":{"key_name":"sealed"}})", "encrypt"},
                 std::pair{R"({"payload":"x"})", "claims"},
             }) {
            CAPTURE(body);
            auto const got = post(running, "/sign", body, true);
            CHECK(got.status == 400);
            CHECK(member(got, "code") == "request_invalid");
            CHECK(member(got, "member") == name);
        }
    }

    TEST_CASE("sign: an inline key adds nothing and forbids nothing, and cannot be combined with a "
              "profile")
    {
        live_service running(token_settings());
        auto const secret = R"("secret":"0123456789abcdef0123456789abcdef")";
        auto const got =
            post(running, "/sign", R"({"claims":{"any":1},)" + std::string(secret) + "}");
        CHECK(got.status == 200);
        CHECK(member(got, "alg") == "HS256");
        CHECK(member(got, "kid") == "(absent)");
        CHECK(member(got, "expires_at") == "(absent)");
        for (auto const* more : {R"("profile":"default")", R"("kid":"x")", R"("key_name":"x")"})
            CHECK(
                post(running, "/sign", R"({"claims":{},)" + std::string(secret) + "," + more + "}")
                    .status
                == 400
            );
    }

    TEST_CASE("sign: inline keys that cannot sign are 400 key_invalid or an algorithm code")
    {
        live_service running(token_settings());
        auto const code = [&](std::string const& rest) {
            auto const got = post(running, "/sign", R"({"claims":{},)" + rest + "}");
            CHECK(got.status >= 400);
            CHECK(got.status < 500);
            return member(got, "code");
        };
        CHECK(code(R"("secret":"short")") == "key_invalid");
        CHECK(code(R"("secret":"-----BEGIN PUBLIC KEY-----\nMFkwEwYH")") == "key_invalid");
        CHECK(code(R"("secret_b64":"!!")") == "key_invalid");
        CHECK(code(R"("key":"nonsense")") == "key_invalid");
        CHECK(
            code(
                R"("key":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"
            )
            == "key_invalid"
        );
        CHECK(
            code(R"("secret":"0123456789abcdef0123456789abcdef","alg":"RS256")") == "key_invalid"
        );
        CHECK(
            code(R"("secret":"0123456789abcdef0123456789abcdef","alg":"XX256")")
            == "algorithm_unsupported"
        );
        CHECK(
            code(R"("secret":"0123456789abcdef0123456789abcdef","alg":"none")")
            == "algorithm_unsupported"
        );
        CHECK(
            code(
                R"("key":{"kty":"oct","alg":"HS512","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg"},"alg":"HS256")"
            )
            == "algorithm_not_allowed"
        );
    }

    TEST_CASE("sign: an RSA key of the request without its primes signs; a batch of some, too")
    {
        live_service running(token_settings());
        auto const jwk =
            without_primes(core::crypto::generate(core::key_family::rsa, 2048).value());
        auto const body = R"({"claims":{"sub":"a"},"key":)" + jwk + "}";
        auto const got = post(running, "/sign", body);
        CHECK(got.status == 200);
        CHECK(member(got, "alg") == "RS256");
        // and what verifies is read from the same text, where d is not looked at
        auto const more = R"(,"algorithms":["RS256"],"key":)" + jwk;
        CHECK(verified(running, member(got, "token"), more).status == 200);
        auto const batch = post(running, "/sign/batch", R"({"items":[)" + body + "," + body + "]}");
        CHECK(batch.status == 200);
        auto text = core::json::document::parse(batch.body);
        CHECK(text->root().find("results")->size() == 2);
    }

    TEST_CASE("sign: several keys are refused before they are read")
    {
        live_service running(token_settings());
        for (auto const* keys : {R"("keys":[1,2])", R"("jwks":{"keys":[1,2]})"}) {
            auto const got = post(running, "/sign", R"({"claims":{},)" + std::string(keys) + "}");
            CHECK(got.status == 400);
            CHECK(member(got, "code") == "request_invalid");
        }
    }

    TEST_CASE("sign: a signature that costs more than the budget is 413 work_exceeded")
    {
        auto settings = token_settings();
        settings.limits.stranger_work = settings.limits.caller_work = std::chrono::milliseconds(4);
        live_service running(std::move(settings));
        core::jwk key;
        key.material = core::crypto::generate(core::key_family::rsa, 4096).value();
        std::string jwk;
        core::append_private_jwk(jwk, key);
        auto const got = post(running, "/sign", R"({"claims":{},"key":)" + jwk + "}");
        CHECK(got.status == 413);
        CHECK(member(got, "code") == "work_exceeded");
        auto const batch =
            post(running, "/sign/batch", R"({"items":[{"claims":{},"key":)" + jwk + "}]}");
        CHECK(batch.status == 422);
        CHECK(batch.body.find(R"("status":413)") != std::string::npos);
    }

    TEST_CASE("inspect: a key is described; missing primes are not recovered")
    {
        live_service running(token_settings());
        auto const material = core::crypto::generate(core::key_family::rsa, 2048).value();
        auto const inspected = [&](std::string const& key) {
            return post(running, "/inspect", R"({"key":)" + key + "}");
        };
        core::jwk key;
        key.material = material;
        std::string whole, half;
        core::append_private_jwk(whole, key);
        core::append_public_jwk(half, key);
        for (auto const& [text, is_private] :
             {std::pair{whole, "true"}, std::pair{without_primes(material), "true"},
              std::pair{half, "false"}}) {
            auto const got = inspected(text);
            CHECK(got.status == 200);
            CHECK(member(got, "private") == is_private);
            CHECK(member(got, "thumbprint") == core::thumbprint(*material));
        }
        half.pop_back();
        CHECK(inspected(half + R"(,"d":"Aw"})").status == 200);  // nothing else was looked at
        for (auto const* more : {R"(,"d":"Ag"})", R"(,"d":"Aw","p":"Aw"})"}) {
            auto const got = inspected(half + more);
            CHECK(got.status == 200);
            CHECK(got.body.find("key_unusable") != std::string::npos);
            CHECK(member(got, "thumbprint") == core::thumbprint(*material));
        }
    }

    TEST_CASE("verify: private members of a key in the request are not looked at")
    {
        live_service running(token_settings());
        auto const material = core::crypto::generate(core::key_family::p256, 0).value();
        core::jwk key;
        key.material = material;
        std::string whole, half;
        core::append_private_jwk(whole, key);
        core::append_public_jwk(half, key);
        half.pop_back();
        auto const token = member(
            post(running, "/sign", R"({"claims":{"sub":"a"},"key":)" + whole + "}"), "token"
        );
        for (auto const* more :
             {R"(,"d":"AAAA"})", R"(,"d":7,"key_ops":["sign"]})", R"(,"oth":[]})"}) {
            auto const with = R"("algorithms":["ES256"],"key":)" + half + more;
            CHECK(verified(running, token, "," + with).status == 200);
        }
    }

    TEST_CASE("sign: inline keys are refused where the configuration does not open them")
    {
        auto settings = token_settings();
        settings.inline_keys = {};
        live_service running(std::move(settings));
        std::string const body = R"({"claims":{},"secret":"0123456789abcdef0123456789abcdef"})";
        auto const got = post(running, "/sign", body, true);
        CHECK(got.status == 400);
        CHECK(member(got, "member") == "secret");
        CHECK(member(post(running, "/sign", body), "code") == "caller_unauthenticated");
    }

    TEST_CASE("sign: a token over the JWS limit is not made")
    {
        live_service running(token_settings());
        auto const got = post(
            running, "/sign", R"({"claims":{"sub":")" + std::string(17000, 'x') + "\"}}", true
        );
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "token_too_large");
    }

    TEST_CASE("sign: a series without an active key is 404 key_not_found")
    {
        auto settings = token_settings();
        settings.keys.front().activate_at = service::system_now() + std::chrono::hours{1};
        live_service running(std::move(settings));
        auto const got = post(running, "/sign", R"({"claims":{"sub":"a"}})", true);
        CHECK(got.status == 404);
        CHECK(member(got, "code") == "key_not_found");
    }

    TEST_CASE("sign batch: each item is answered like a single call, a malformed shared member "
              "refuses all")
    {
        live_service running(token_settings());
        auto const mixed = post(
            running, "/sign/batch",
            R"({"items":[{"claims":{"sub":"a"}},{"claims":{"role":"x"}}],"jti":true})", true
        );
        CHECK(mixed.status == 422);
        CHECK(mixed.body.find(R"("status":200)") != std::string::npos);
        CHECK(mixed.body.find(R"("code":"claims_forbidden")") != std::string::npos);
        CHECK(
            post(running, "/sign/batch", R"({"items":[{"claims":{"sub":"a"}}]})", true).status
            == 200
        );
        CHECK(
            post(running, "/sign/batch", R"({"items":[{"claims":{}}],"jti":7})", true).status == 400
        );
        CHECK(
            post(running, "/sign/batch", R"({"items":[{"claims":{},"jti":true}],"jti":true})", true)
                .status
            == 400
        );
        CHECK(post(running, "/sign/batch", R"({"items":[]})", true).status == 400);
        CHECK(post(running, "/sign/batch", R"({"items":["x"]})", true).status == 400);
        CHECK(
            post(running, "/sign/batch", R"({"items":[{"claims":{"sub":"a"}}]})")
                .body.find("caller_unauthenticated")
            != std::string::npos
        );
    }
}

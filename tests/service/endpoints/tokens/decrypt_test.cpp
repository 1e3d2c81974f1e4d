#include "core/base/base64url.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/service/endpoints/tokens/sealed_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

std::string const text = R"("plaintext":"a secret","key_name":"sealed")";

std::string code(answer const& from)
{
    return member(from, "code");
}

std::string changed(std::string token, std::size_t at)
{
    token[at] = token[at] == 'A' ? 'B' : 'A';
    return token;
}

/// RFC 7516 appendix A.3.
constexpr std::string_view a128kw =
    "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0."
    "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ."
    "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ";

constexpr auto a128kw_secret = R"(,"secret_b64":"GawgguFyGrWKav7AX4VKUg")";

}  // namespace

TEST_SUITE("service/endpoints/tokens/decrypt")
{
    TEST_CASE(
        "decrypt: the reply says what was inside, by which key, and that nobody vouches for it"
    )
    {
        live_service running(sealed_settings());
        auto const token = sealed_token(running, text + R"(,"cty":"text/plain")");
        auto const got = opened(running, token);
        CHECK(got.status == 200);
        CHECK(got.body.starts_with(R"({"authenticated":false,"plaintext":"a secret",)"));
        CHECK(member(got, "header").starts_with(R"({"cty":"text/plain",)"));
        CHECK(member(got, "kid") == "sealed-1");
        CHECK(member(got, "alg") == "ECDH-ES+A256KW");
        CHECK(member(got, "enc") == "A256GCM");
        CHECK(member(got, "key_source") == "configured");
        CHECK(opened(running, token, R"(,"kid":"sealed-1")").status == 200);
        auto const octets = sealed_token(running, R"("plaintext_b64":"_w","key_name":"sealed")");
        CHECK(member(opened(running, octets), "plaintext_b64") == "_w");
        CHECK(member(opened(running, octets), "plaintext") == "(absent)");
    }

    TEST_CASE("decrypt: nobody is 401, a caller that the series does not name is 403")
    {
        live_service running(sealed_settings());
        auto const body =
            R"({"token":")" + sealed_token(running, text) + R"(","key_name":"sealed"})";
        auto const nobody = post(running, "/decrypt", body);
        CHECK(nobody.status == 401);
        CHECK(code(nobody) == "caller_unauthenticated");
        auto const other =
            ask(running.port(),
                post_text(
                    "/decrypt", body, "Authorization: Bearer another secret that is long enough\r\n"
                ));
        CHECK(other.status == 403);
        CHECK(code(other) == "caller_forbidden");
        CHECK(post(running, "/decrypt", R"({"token":"x","key_name":"nobody"})").status == 401);
    }

    TEST_CASE("decrypt: whatever depends on the key is the one code decryption_failed, same body")
    {
        auto settings = sealed_settings();
        add_series(settings, "rsa", "RSA-OAEP", core::key_family::rsa, 2048);
        live_service running(std::move(settings));
        std::string first;
        for (auto const* key : {"sealed", "rsa"}) {
            auto const name = R"(,"key_name":")" + std::string(key) + "\"";
            auto const token =
                sealed_token(running, R"("plaintext":"x","enc":"A128CBC-HS256")" + name);
            auto const key_at = token.find('.') + 3;
            auto const last_dot = token.rfind('.');
            for (auto const at : {key_at, last_dot - 3, last_dot + 3}) {
                auto const got = opened(running, changed(token, at), name);
                CHECK(got.status == 422);
                CHECK(code(got) == "decryption_failed");
                auto const shown = got.body.substr(0, got.body.find(R"("request_id")"));
                if (first.empty())
                    first = shown;
                CHECK(shown == first);
                CHECK(member(got, "part") == "(absent)");
            }
        }
    }

    TEST_CASE("decrypt: a key of another series, of no series, or of no such kid is key_not_found")
    {
        auto settings = sealed_settings();
        add_series(settings, "other", "ECDH-ES+A256KW", core::key_family::p256);
        live_service running(std::move(settings));
        auto const token = sealed_token(running, text);
        for (auto const* choice :
             {R"(,"key_name":"other")", R"(,"key_name":"nobody")", R"(,"key_name":"sig")",
              R"(,"key_name":"partner")", R"(,"kid":"nobody")",
              R"(,"key_name":"sealed","kid":"other-1")"}) {
            CAPTURE(choice);
            auto const got = opened(running, token, choice);
            CHECK(got.status == 422);
            CHECK(code(got) == "key_not_found");
        }
    }

    TEST_CASE("decrypt: published, active and retiring keys open; staged and retired ones do not")
    {
        auto settings = sealed_settings();
        auto const now = service::system_now();
        auto const hours = [&](int count) { return now + std::chrono::hours{count}; };
        auto const first = settings.keys.back();
        auto const one = [&](std::string const& kid) {
            auto made = first;
            made.key.kid = kid;
            made.key.material = core::crypto::generate(core::key_family::p256, 0).value();
            made.longest_token = std::chrono::hours{24};
            return made;
        };
        settings.keys.pop_back();
        auto retired = one("retired"), retiring = one("retiring"), active = one("active"),
             published = one("published"), staged = one("staged");
        retired.longest_token = std::chrono::seconds{0};
        retiring.activate_at = hours(-2);
        active.activate_at = hours(-1);
        published.activate_at = hours(1);
        published.publish_at = hours(-1);
        staged.activate_at = hours(3);
        staged.publish_at = hours(2);
        settings.keys.insert(settings.keys.end(), {retired, retiring, active, published, staged});
        live_service running(settings);
        CHECK(member(post(running, "/encrypt", "{" + text + "}", true), "kid") == "active");
        for (auto const& [key, is_open] : {
                 std::pair{retired, false},
                 std::pair{retiring, true},
                 std::pair{active, true},
                 std::pair{published, true},
                 std::pair{staged, false},
             }) {
            CAPTURE(key.key.kid);
            std::string jwk;
            core::append_public_jwk(jwk, key.key);
            auto const token = sealed_token(running, R"("plaintext":"x","key":)" + jwk);
            CHECK((opened(running, token).status == 200) == is_open);
        }
    }

    TEST_CASE("decrypt: algorithms and encryptions are allow-lists")
    {
        live_service running(sealed_settings());
        auto const token = sealed_token(running, text);
        auto const by = [&](std::string const& more) {
            return opened(running, token, R"(,"key_name":"sealed",)" + more);
        };
        CHECK(by(R"("algorithms":["ECDH-ES+A256KW"],"encryptions":["A256GCM"])").status == 200);
        for (auto const* more :
             {R"("algorithms":["ECDH-ES"])", R"("encryptions":["A128GCM","A128CBC-HS256"])"}) {
            CHECK(by(more).status == 422);
            CHECK(code(by(more)) == "algorithm_not_allowed");
        }
    }

    TEST_CASE("decrypt: malformed requests are 400 and name the member")
    {
        live_service running(sealed_settings());
        auto const token = std::string(R"("token":"a.b.c.d.e",)");
        for (auto const& [body, name] : {
                 std::pair{std::string(R"("key_name":"sealed")"), "token"},
                 std::pair{std::string(R"("token":7,"key_name":"sealed")"), "token"},
                 std::pair{std::string(R"("token":"x")"), "key_name"},
                 std::pair{token + R"("key_name":"sealed","alg":"dir")", "alg"},
                 std::pair{token + R"("key_name":"sealed","algorithms":[])", "algorithms"},
                 std::pair{token + R"("key_name":"sealed","algorithms":["ES256"])", "algorithms"},
                 std::pair{token + R"("key_name":"sealed","encryptions":["dir"])", "encryptions"},
                 std::pair{token + R"("key_name":"sealed","verify":true)", "verify"},
                 std::pair{token + R"("key_name":"sealed","verify":{"token":"x"})", "token"},
                 std::pair{token + R"("key_name":"sealed","verify":{"profile":"x"})", "profile"},
                 std::pair{token + R"("secret":"0123456789abcdef","kid":"x")", "kid"},
                 std::pair{token + R"("password":"x")", "password"},
             }) {
            CAPTURE(body);
            auto const got = post(running, "/decrypt", "{" + body + "}", true);
            CHECK(got.status == 400);
            CHECK(code(got) == "request_invalid");
            CHECK(member(got, "member") == name);
        }
    }

    TEST_CASE("decrypt: malformed tokens are 422 and name the part")
    {
        live_service running(sealed_settings());
        auto const token = sealed_token(running, text);
        auto const dot = token.find('.');
        auto const head = [&](std::string_view json) {
            return core::base64url_encode(core::as_bytes(json)) + token.substr(dot);
        };
        for (auto const& [bad, code_of, part] : {
                 std::tuple{std::string("x"), "token_malformed", "segments"},
                 std::tuple{std::string("a.b.c"), "token_malformed", "segments"},
                 std::tuple{"=" + token, "token_malformed", "header"},
                 std::tuple{head("[]"), "token_malformed", "header"},
                 std::tuple{head("{}"), "header_invalid", "header"},
                 std::tuple{
                     head(R"({"alg":"dir","enc":"A256GCM","crit":["x"],"x":1})"), "header_invalid",
                     "header"},
                 std::tuple{
                     head(R"({"alg":"none","enc":"A256GCM"})"), "algorithm_not_allowed",
                     "(absent)"},
                 std::tuple{
                     head(R"({"alg":"ROT13","enc":"A256GCM"})"), "algorithm_unsupported",
                     "(absent)"},
                 std::tuple{std::string(260000, 'a'), "token_too_large", "(absent)"},
             }) {
            CAPTURE(bad.substr(0, 80));
            auto const got = opened(running, bad);
            CHECK(got.status == 422);
            CHECK(code(got) == code_of);
            CHECK(member(got, "part") == part);
        }
    }

    TEST_CASE("decrypt: an inline key opens a token of others; a wrong one does not")
    {
        live_service running(sealed_settings());
        auto const got = opened(running, a128kw, a128kw_secret);
        CHECK(got.status == 200);
        CHECK(member(got, "plaintext") == "Live long and prosper.");
        CHECK(member(got, "key_source") == "inline");
        CHECK(member(got, "kid") == "(absent)");
        auto const wrong = opened(running, a128kw, R"(,"secret_b64":"GawgguFyGrWKav7AX4VKUA")");
        CHECK(code(wrong) == "decryption_failed");
        auto const other = opened(running, a128kw, R"(,"key":"nonsense")");
        CHECK(other.status == 400);
        CHECK(code(other) == "key_invalid");
        auto settings = sealed_settings();
        settings.inline_keys.decrypt = false;
        live_service closed(std::move(settings));
        CHECK(opened(closed, a128kw, a128kw_secret).status == 400);
    }

    TEST_CASE("decrypt: an RSA key without its primes opens; more than the budget are not read")
    {
        live_service running(sealed_settings());
        core::jwk key;
        key.material = core::crypto::generate(core::key_family::rsa, 2048).value();
        std::string jwk;
        core::append_private_jwk(jwk, key);
        jwk = jwk.substr(0, jwk.find(",\"p\":")) + "}";
        auto const sealed = post(running, "/encrypt", R"({"plaintext":"hello","key":)" + jwk + "}");
        REQUIRE(sealed.status == 200);
        auto const got = opened(running, member(sealed, "token"), R"(,"key":)" + jwk);
        CHECK(got.status == 200);
        CHECK(member(got, "plaintext") == "hello");

        std::string many = R"(,"keys":[)" + jwk;
        for (int i = 1; i < 128; ++i)
            many += "," + jwk;
        auto const refused = opened(running, member(sealed, "token"), many + "]");
        CHECK(refused.status == 413);
        CHECK(code(refused) == "work_exceeded");
    }

    TEST_CASE("decrypt: an RSA key of over 4096 bits in a request is key_invalid")
    {
        live_service running(sealed_settings());
        auto const material = core::crypto::generate(core::key_family::rsa, 4104).value();
        core::jwk key;
        key.material = material;
        std::string jwk;
        core::append_private_jwk(jwk, key);
        auto const got = opened(running, a128kw, R"(,"key":)" + jwk);
        CHECK(got.status == 400);
        CHECK(code(got) == "key_invalid");
    }

    TEST_CASE("decrypt: compression only where it is allowed")
    {
        auto settings = sealed_settings();
        settings.encryption["sealed"].allow_zip = true;
        live_service allowed(settings);
        auto const token = sealed_token(allowed, text + R"(,"zip":"DEF")");
        settings.encryption["sealed"].allow_zip = false;
        live_service running(std::move(settings));
        CHECK(opened(allowed, token).status == 200);
        CHECK(code(opened(running, token)) == "algorithm_not_allowed");
    }

    TEST_CASE("decrypt: a password only opens PBES2")
    {
        auto settings = sealed_settings();
        settings.inline_keys.allow_algorithms = {"PBES2-HS512+A256KW"};
        live_service running(std::move(settings));
        auto const token = sealed_token(running, R"("plaintext":"x","secret":"0123456789abcdef")");
        CHECK(opened(running, token, R"(,"secret":"0123456789abcdef")").status == 200);
        CHECK(
            code(opened(running, token, R"(,"password":"0123456789abcdef")"))
            == "algorithm_not_allowed"
        );
        CHECK(
            member(
                opened(running, token, R"(,"password":"0123456789abcdef","algorithms":["A128KW"])"),
                "member"
            )
            == "algorithms"
        );
    }

    TEST_CASE("decrypt: with verify a good signature inside makes it authenticated")
    {
        live_service running(sealed_settings());
        auto const token = nested_token(running);
        auto const got =
            opened(running, token, R"(,"key_name":"sealed","verify":{"subject":"alice"})");
        CHECK(got.status == 200);
        CHECK(got.body.starts_with(R"({"authenticated":true,"valid":true,"header":{"alg":"ES256")")
        );
        CHECK(member(got, "claims").starts_with(R"({"sub":"alice")"));
        CHECK(member(got, "jwe_header").starts_with(R"({"cty":"JWT")"));
        auto const inside = sealed_token(
            running,
            R"("key_name":"sealed","plaintext":"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")"
        );
        auto const payload = opened(
            running, inside,
            R"(,"key_name":"sealed","verify":{"mode":"jws","algorithms":["EdDSA"],"key":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}})"
        );
        CHECK(member(payload, "payload") == "Example of Ed25519 signing");
    }

    TEST_CASE("decrypt: with verify a refusal is the whole answer, and nothing of the plaintext")
    {
        live_service running(sealed_settings());
        auto const by = [&](std::string const& token, std::string const& verify) {
            return opened(running, token, R"(,"key_name":"sealed","verify":)" + verify);
        };
        auto const nested = nested_token(running, R"({"sub":"do-not-show"})");
        auto const plain =
            sealed_token(running, R"("plaintext":"do-not-show","key_name":"sealed")");
        auto const twice = sealed_token(
            running, R"("plaintext":")" + nested + R"(","key_name":"sealed","cty":"JWT")"
        );
        for (auto const& [token, verify, wanted] : {
                 std::tuple{nested, std::string(R"({"subject":"bob"})"), "subject_mismatch"},
                 std::tuple{plain, std::string("{}"), "token_malformed"},
                 std::tuple{twice, std::string(R"({"profile":"nested"})"), "token_malformed"},
                 std::tuple{
                     nested,
                     std::string(
                         R"({"secret":"0123456789abcdef0123456789abcdef","algorithms":["HS256"]})"
                     ),
                     "algorithm_not_allowed"},
             }) {
            auto const got = by(token, verify);
            CAPTURE(wanted);
            CHECK(got.status == 422);
            CHECK(code(got) == wanted);
            CHECK(member(got, "valid") == "false");
            CHECK(got.body.find("do-not-show") == std::string::npos);
        }
    }
}

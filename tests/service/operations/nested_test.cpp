#include "tests/service/endpoints/tokens/sealed_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

answer verify(live_service& by, std::string const& token, std::string const& more = "")
{
    return post(
        by, "/verify", R"({"token":")" + token + R"(","profile":"nested")" + more + "}", true
    );
}

answer auth(live_service& at, std::string const& token)
{
    return get(at.port(), "/auth", "Authorization: Bearer " + token + "\r\n");
}

/// A JWE of this text, with a header of its own.
std::string sealed(live_service& by, std::string const& plaintext, std::string const& more = "")
{
    return sealed_token(by, R"("key_name":"sealed","plaintext":")" + plaintext + "\"" + more);
}

config::settings auth_settings()
{
    auto settings = sealed_settings();
    settings.server.default_auth_profile = "nested";
    return settings;
}

}  // namespace

TEST_SUITE("service/operations/nested")
{
    TEST_CASE("sign: encrypt nests the token, and says so by its header")
    {
        live_service running(sealed_settings());
        auto const got = post(
            running, "/sign", R"({"claims":{"sub":"alice"},"encrypt":{"key_name":"sealed"}})", true
        );
        CHECK(got.status == 200);
        CHECK(member(got, "alg") == "ES256");
        CHECK(member(got, "jwe_header").starts_with(R"({"cty":"JWT","alg":"ECDH-ES+A256KW",)"));
        CHECK(verify(running, member(got, "token")).status == 200);
        auto const batch = post(
            running, "/sign/batch",
            R"({"items":[{"claims":{"sub":"alice"}}],"encrypt":{"key_name":"sealed"}})", true
        );
        CHECK(batch.status == 200);
    }

    TEST_CASE("sign: cty of a nested token is JWT in every spelling of that media type")
    {
        live_service running(sealed_settings());
        for (std::string const cty : {"JWT", "jwt", "application/jwt", "Application/JWT"}) {
            CAPTURE(cty);
            auto const got = post(
                running, "/sign",
                R"({"claims":{"sub":"a"},"encrypt":{"key_name":"sealed","cty":")" + cty + "\"}}",
                true
            );
            CHECK(got.status == 200);
            CHECK(verify(running, member(got, "token")).status == 200);
        }
    }

    TEST_CASE("sign: what encrypt may not say, and to whom it may not encrypt")
    {
        auto settings = sealed_settings();
        settings.encryption["closed"].callers = {"billing"};
        add_series(settings, "closed", "A256KW", core::key_family::secret, 256);
        settings.encryption["closed"].callers = {"billing"};
        live_service running(std::move(settings));
        auto const by = [&](std::string const& members) {
            return post(
                running, "/sign", R"({"claims":{"sub":"a"},"encrypt":{)" + members + "}}", true
            );
        };
        for (auto const& [members, name] : {
                 std::pair{R"("key_name":"sealed","plaintext":"x")", "plaintext"},
                 std::pair{R"("key_name":"sealed","cty":"text/plain")", "cty"},
                 std::pair{R"("key_name":"sealed","header":{"cty":"JOSE"})", "cty"},
                 std::pair{R"("key_name":"sealed","serialization":"general")", "serialization"},
             }) {
            CAPTURE(members);
            CHECK(by(members).status == 400);
            CHECK(member(by(members), "member") == name);
        }
        CHECK(by(R"("key_name":"nobody")").status == 404);
        CHECK(by(R"("key_name":"sealed","alg":"ROT13")").status == 400);
        CHECK(by(R"("key_name":"closed")").status == 403);
    }

    TEST_CASE("verify: a nested token is as good as the signature in it")
    {
        live_service running(sealed_settings());
        auto const got = verify(running, nested_token(running), R"(,"subject":"alice")");
        CHECK(got.status == 200);
        CHECK(member(got, "alg") == "ES256");
        CHECK(member(got, "jwe_header").find(R"("enc":"A256GCM")") != std::string::npos);
        CHECK(member(got, "profile") == "nested");
        auto const plain = verify(running, signed_token(running));
        CHECK(plain.status == 200);
        CHECK(member(plain, "jwe_header") == "(absent)");
        live_service stranger(sealed_settings());
        auto const forged = sealed(running, signed_token(stranger), R"(,"cty":"JWT")");
        CHECK(member(verify(running, forged), "code") == "signature_invalid");
        auto token = signed_token(running);
        token[token.size() - 9] = token[token.size() - 9] == 'A' ? 'B' : 'A';
        auto const bad = verify(running, sealed(running, token, R"(,"cty":"JWT")"));
        CHECK(member(bad, "code") == "signature_invalid");
        CHECK(member(bad, "valid") == "false");
    }

    TEST_CASE("verify: exactly one layer, of a JWT, and cty says so")
    {
        live_service running(sealed_settings());
        auto const inner = signed_token(running);
        for (auto const* cty : {"JWT", "jwt", "application/jwt", "APPLICATION/JWT"})
            CHECK(
                verify(running, sealed(running, inner, R"(,"cty":")" + std::string(cty) + "\""))
                    .status
                == 200
            );
        for (auto const& [token, code, reason] : {
                 std::tuple{sealed(running, inner), "header_invalid", "missing"},
                 std::tuple{
                     sealed(running, inner, R"(,"cty":"text/plain")"), "header_invalid", "invalid"},
                 std::tuple{
                     sealed(running, nested_token(running), R"(,"cty":"JWT")"), "token_malformed",
                     "invalid"},
                 std::tuple{
                     sealed(running, "no token", R"(,"cty":"JWT")"), "token_malformed", "invalid"},
             }) {
            auto const got = verify(running, token);
            CHECK(got.status == 422);
            CHECK(member(got, "code") == code);
            CHECK(member(got, "reason") == reason);
            CHECK(got.body.find("no token") == std::string::npos);
        }
        auto token = nested_token(running);
        token[token.rfind('.') + 3] = token[token.rfind('.') + 3] == 'A' ? 'B' : 'A';
        auto const broken = verify(running, token);
        CHECK(broken.status == 422);
        CHECK(member(broken, "code") == "decryption_failed");
        CHECK(member(broken, "valid") == "false");
    }

    TEST_CASE("verify: a profile that does not decrypt, or inline keys, refuse a JWE by its shape")
    {
        live_service running(sealed_settings());
        auto const token = nested_token(running);
        for (auto const& more :
             {std::string(),
              std::string(R"(,"secret":"0123456789abcdef0123456789abcdef","algorithms":["HS256"])"
              )}) {
            auto const got = verified(running, token, more);
            CHECK(member(got, "code") == "token_malformed");
            CHECK(member(got, "part") == "segments");
        }
    }

    TEST_CASE("verify: a profile that decrypts is for its callers, on /verify and in batches")
    {
        live_service running(sealed_settings());
        auto const token = nested_token(running);
        auto const body = R"({"token":")" + token + R"(","profile":"nested"})";
        auto const nobody = post(running, "/verify", body);
        CHECK(nobody.status == 401);
        CHECK(member(nobody, "code") == "caller_unauthenticated");
        auto const other =
            ask(running.port(),
                post_text(
                    "/verify", body, "Authorization: Bearer another secret that is long enough\r\n"
                ));
        CHECK(other.status == 403);
        auto const many = R"({"tokens":[")" + token + R"("],"profile":"nested"})";
        CHECK(post(running, "/verify/batch", many, true).status == 200);
        CHECK(
            post(running, "/verify/batch", many).body.find("caller_unauthenticated")
            != std::string::npos
        );
    }

    TEST_CASE("verify: require_encryption refuses a token that is not nested")
    {
        auto settings = auth_settings();
        settings.verify_profiles["nested"].require_encryption = true;
        live_service running(std::move(settings));
        CHECK(verify(running, nested_token(running)).status == 200);
        auto const got = verify(running, signed_token(running));
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "token_malformed");
        CHECK(auth(running, signed_token(running)).status == 401);
        CHECK(auth(running, nested_token(running)).status == 200);
        // /decrypt opens with any key, so such a profile is refused there
        auto const inner = sealed(running, signed_token(running), R"(,"cty":"JWT")");
        auto const opened = post(
            running, "/decrypt",
            R"({"token":")" + inner + R"(","key_name":"sealed","verify":{"profile":"nested"}})",
            true
        );
        CHECK(opened.status == 400);
        CHECK(member(opened, "member") == "profile");
    }

    TEST_CASE("verify: a JWE has at most 48 KiB, and what is in it the size of a JWS")
    {
        live_service running(sealed_settings());
        auto const size_code = [&](std::size_t octets) {
            auto const token = sealed(running, std::string(octets, 'x'), R"(,"cty":"JWT")");
            return member(verify(running, token), "code");
        };
        CHECK(size_code(16 * 1024) == "token_malformed");
        CHECK(size_code(16 * 1024 + 1) == "token_too_large");
        CHECK(size_code(40 * 1024) == "token_too_large");
    }

    TEST_CASE("verify: a batch has one budget of work, whatever its items are")
    {
        auto settings = sealed_settings();
        add_series(settings, "rsa", "RSA-OAEP-256", core::key_family::rsa, 2048);
        settings.verify_profiles["nested"].decrypt = "rsa";
        settings.limits.caller_work = std::chrono::milliseconds(10);
        settings.server.default_auth_profile = "nested";
        live_service running(std::move(settings));
        auto const token = nested_token(running, R"({"sub":"alice"})", R"("key_name":"rsa")");
        CHECK(verify(running, token).status == 200);
        CHECK(auth(running, token).status == 200);
        auto const batch = [&](int count) {
            std::string list;
            for (int i = 0; i < count; ++i)
                list += (i == 0 ? "\"" : ",\"") + token + "\"";
            return post(
                running, "/verify/batch", R"({"tokens":[)" + list + R"(],"profile":"nested"})", true
            );
        };
        CHECK(batch(2).status == 200);
        auto const refused = batch(20);
        CHECK(refused.status == 422);
        CHECK(refused.body.find(R"("valid":true)") != std::string::npos);
        CHECK(refused.body.find(R"("code":"work_exceeded")") != std::string::npos);
    }

    TEST_CASE("auth: a nested token passes without a caller, a broken one is 401")
    {
        live_service running(auth_settings());
        auto token = nested_token(running);
        auto const got = auth(running, token);
        CHECK(got.status == 200);
        CHECK(got.header("X-Auth-Subject") == "alice");
        token[token.rfind('.') + 3] = token[token.rfind('.') + 3] == 'A' ? 'B' : 'A';
        auto const bad = auth(running, token);
        CHECK(bad.status == 401);
        CHECK(bad.header("WWW-Authenticate").find("decryption_failed") != std::string::npos);
    }
}

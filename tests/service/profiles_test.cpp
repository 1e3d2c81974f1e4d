#include "core/jwk.hpp"
#include "core/jws.hpp"
#include "tests/core/jwt_pro_samples.hpp"
#include "tests/service/endpoints/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

constexpr auto const& old_token = samples::of_jwt_pro.back();
constexpr std::string_view skip_exp = R"(,"profile":"moving","checks":{"exp":false})";

core::ring_key secret_key(bool reads_jwt_pro)
{
    core::ring_key one;
    one.series = "moving";
    one.issuer = "urn:example:jwt-pro";
    one.in_jwks = false;
    one.reads_jwt_pro = reads_jwt_pro;
    one.key.kid = "moving-1";
    one.key.alg = "HS256";
    one.key.use = core::key_use::sig;
    one.key.material = core::crypto::import_secret(core::secret_bytes(old_token.secret)).value();
    return one;
}

/// A profile for jwt-pro's tokens, which expired long ago.
config::settings moving_settings(bool reads_jwt_pro)
{
    auto settings = token_settings();
    settings.keys.push_back(secret_key(reads_jwt_pro));
    config::verify_profile moving;
    moving.name = "moving";
    moving.issuers = {"moving"};
    moving.allow_overrides = {"exp"};
    moving.headers = {{"X-Auth-User", "user_id", false}};
    settings.verify_profiles["moving"] = moving;
    moving.name = "default";
    moving.no_exp = true;
    settings.verify_profiles["default"] = moving;
    return settings;
}

/// A token that the secret signed, around any octets.
std::string signed_around(std::string_view payload)
{
    auto const key = secret_key(true).key;
    auto const with =
        core::crypto::make_signer(key.material, *core::find_signature_algorithm("HS256"), false)
            .value();
    std::vector<core::jws_signing> const signers{{R"({"alg":"HS256"})", with.get()}};
    return core::make_jws(
               signers, core::as_bytes(payload), core::serialization::compact, true, false
    )
        .value();
}

}  // namespace

TEST_SUITE("service/profiles")
{
    TEST_CASE("verify: a series of compat jwt_pro gives the claims that jwt-pro encrypted")
    {
        live_service running(moving_settings(true));
        auto const got = verified(running, old_token.token, skip_exp);
        CHECK(got.status == 200);
        CHECK(member(got, "claims").find(R"("user_id": "12345")") != std::string::npos);
        CHECK(member(got, "kid") == "moving-1");
        CHECK(member(got, "issuer") == "urn:example:jwt-pro");
        CHECK(member(got, "profile") == "moving");
        CHECK(member(got, "expires_in") == "0");
    }

    TEST_CASE("verify: what jwt-pro encrypted is checked as any token is, and says no more than one"
    )
    {
        live_service running(moving_settings(true));
        auto changed = std::string(old_token.token);
        changed[changed.find('.') + 30] ^= 1;
        auto const verdict = [&](std::string_view token, std::string_view more) {
            auto const got = verified(running, token, more);
            CHECK(got.status == 422);
            CHECK(got.body.find("John") == std::string::npos);
            return member(got, "code");
        };
        CHECK(verdict(old_token.token, R"(,"profile":"moving")") == "token_expired");
        CHECK(
            verdict(old_token.token, std::string(skip_exp) + R"(,"subject":"x")") == "claim_missing"
        );
        CHECK(
            verdict(old_token.token, std::string(skip_exp) + R"(,"claims":{"user_id":"6"})")
            == "claim_invalid"
        );
        CHECK(verdict(changed, skip_exp) == "signature_invalid");
        CHECK(verdict(signed_around(std::string(48, 'x')), skip_exp) == "decryption_failed");
    }

    TEST_CASE("verify: without compat the same token is token_malformed")
    {
        live_service running(moving_settings(false));
        auto const got = verified(running, old_token.token, skip_exp);
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "token_malformed");
        CHECK(member(got, "part") == "payload");
    }

    TEST_CASE("verify: keys of a request never read what jwt-pro encrypted")
    {
        live_service running(moving_settings(true));
        auto const got = verified(
            running, old_token.token,
            R"(,"algorithms":["HS256"],"secret":")" + std::string(old_token.secret) + '"'
        );
        CHECK(member(got, "code") == "token_malformed");
    }

    TEST_CASE("auth: tokens of a series of compat jwt_pro need no iss, and a future exp")
    {
        live_service running(moving_settings(true));
        auto const ask_with = [&](std::string_view token) {
            return ask(
                running.port(),
                "GET /auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + std::string(token)
                    + "\r\n\r\n"
            );
        };
        CHECK(ask_with(old_token.token).status == 401);  // expired
        auto const got = ask_with(signed_around(R"({"user_id":"12345"})"));
        CHECK(got.status == 200);
        CHECK(got.header("X-Auth-User") == "12345");
    }

    TEST_CASE("verify: subject_claim is compared with the request's subject, and sub is not")
    {
        auto settings = token_settings();
        auto& profile = settings.verify_profiles["default"];
        profile.subject_claim = "subject";
        profile.required = {};
        settings.sign_profiles["default"].allowed_claims = {"sub", "subject"};
        live_service running(std::move(settings));
        auto const token = signed_token(running, R"({"subject":"alice","sub":"bob"})");
        CHECK(verified(running, token, R"(,"subject":"alice")").status == 200);
        CHECK(verified(running, token).status == 200);
        auto const other = verified(running, token, R"(,"subject":"bob")");
        CHECK(other.status == 422);
        CHECK(member(other, "code") == "subject_mismatch");
        CHECK(member(other, "claim") == "subject");
        auto const none =
            verified(running, signed_token(running, R"({"sub":"alice"})"), R"(,"subject":"alice")");
        CHECK(member(none, "code") == "claim_missing");
        CHECK(member(none, "claim") == "subject");
    }
}

#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/jwt/jwt.hpp"
#include "core/jwt/jwt_pro.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/jwt/jwt_pro_samples.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr instant just_before_exp{std::chrono::seconds{1700003599}};

jwk key_of(std::string_view secret)
{
    jwk key;
    key.kid = "moving";
    key.allow_weak_hmac = true;
    key.material = crypto::import_secret(secret_bytes(secret)).value();
    return key;
}

/// Verifies as a profile does whose only issuer is this key's series.
result<verified_token> verify_with(
    jwk const& key, std::string_view token, bool reads_jwt_pro = true, instant now = just_before_exp
)
{
    static std::vector<std::string> const algorithms{"HS256"};
    trusted_issuer issuer;
    issuer.issuer = "https://old.example.com";
    issuer.keys = {&key, 1};
    issuer.algorithms = algorithms;
    issuer.reads_jwt_pro = reads_jwt_pro;
    claims_policy claims;
    claims.any_typ = true;
    verify_policy policy;
    policy.issuers = {&issuer, 1};
    policy.claims = &claims;
    return verify(token, policy, now, nullptr);
}

/// A token with this payload, signed with the secret.
std::string signed_around(std::string_view secret, byte_view payload)
{
    auto const key = key_of(secret);
    auto const with =
        crypto::make_signer(key.material, *find_signature_algorithm("HS256"), true).value();
    std::vector<jws_signing> const signers{{R"({"alg":"HS256"})", with.get()}};
    return make_jws(signers, payload, serialization::compact, true, false).value();
}

}  // namespace

TEST_SUITE("core/jwt/jwt_pro")
{
    TEST_CASE("verify: jwt-pro's own tokens are read, whatever the length of the secret")
    {
        for (auto const& [secret, token] : samples::of_jwt_pro) {
            auto const verified = verify_with(key_of(secret), token);
            REQUIRE(verified.has_value());
            CHECK(verified->claims().find("user_id")->string() == "12345");
            CHECK(verified->claims().find("name")->string() == "John Doe");
            CHECK(verified->kid() == "moving");
        }
    }

    TEST_CASE("verify: a jwt-pro token without the switch is token_malformed")
    {
        auto const& [secret, token] = samples::of_jwt_pro.back();
        auto const refused = verify_with(key_of(secret), token, false);
        REQUIRE(!refused.has_value());
        CHECK(refused.error() == errc::token_malformed);
    }

    TEST_CASE("verify: the claims of a jwt-pro token are checked: exp is the end")
    {
        auto const& [secret, token] = samples::of_jwt_pro.back();
        auto const late = verify_with(key_of(secret), token, true, just_before_exp + seconds{1});
        REQUIRE(!late.has_value());
        CHECK(late.error() == errc::token_expired);
    }

    TEST_CASE("verify: nothing is decrypted before the signature is right")
    {
        auto const& [secret, token] = samples::of_jwt_pro.back();
        auto changed = std::string(token);
        changed[changed.find('.') + 30] ^= 1;
        auto const refused = verify_with(key_of(secret), changed);
        REQUIRE(!refused.has_value());
        CHECK(refused.error() == errc::signature_invalid);
        auto const other = verify_with(key_of("another-string-secret-of-256-bits-or-more"), token);
        CHECK(other.error() == errc::signature_invalid);
    }

    TEST_CASE("verify: with the switch a plain token is read, too, but not under another iss")
    {
        auto const& secret = samples::of_jwt_pro.back().secret;
        auto const plain = [&](std::string_view claims) {
            return verify_with(key_of(secret), signed_around(secret, as_bytes(claims)));
        };
        CHECK(plain(R"({"exp":1700003600})").has_value());
        CHECK(plain(R"({"exp":1700003600,"iss":"https://old.example.com"})").has_value());
        CHECK(
            plain(R"({"exp":1700003600,"iss":"https://x.example"})").error()
            == errc::issuer_mismatch
        );
    }

    TEST_CASE(
        "open_jwt_pro_payload: what does not decrypt is decryption_failed, a public key key_invalid"
    )
    {
        auto const secret = std::string_view("a-string-secret-at-least-256-bits-long");
        auto const key = key_of(secret);
        for (std::size_t const size : {0U, 1U, 15U, 16U, 17U, 31U, 33U, 48U}) {
            bytes const payload(size, 7);
            auto const opened = open_jwt_pro_payload(*key.material, payload);
            REQUIRE(!opened.has_value());
            CHECK(opened.error() == errc::decryption_failed);
            auto const refused = verify_with(key, signed_around(secret, payload));
            CHECK(refused.error() == errc::decryption_failed);
        }
        auto const curve = samples::key_of(key_family::p256);
        CHECK(open_jwt_pro_payload(*curve, bytes(48)).error() == errc::key_invalid);
    }
}

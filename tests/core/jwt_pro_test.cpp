#include "core/jwt.hpp"
#include "core/jwt_pro.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace core;

namespace {

/// Made by jwt-pro 1.x itself: generate_token({"alg": "HS256", "typ": "JWT"}, {"user_id": "12345",
/// "name": "John Doe"}, secret, 3600, encrypt=True), at 1700000000.
struct sample {
    std::string_view secret, token;
};
constexpr std::array samples_of_jwt_pro{
    sample{
        "short",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.fgxZ4qWQr15ctzkEP23yIxgtZw9rEI6LpYj-fKG"
        "zoadZbVrbke7r4Lf5iS9CC-qgHeNl0MNznknwx2sOAx-NvCLwDbiMjLaKq0iOIL0kwdU6fXnA6JDm2kF"
        "N9jLM-UhH9oX0pD5Jy1YTJwnANvEzPMeRBOTJTO94yhPuc52BuPc.3Eb7PHB6H1BBDb1P-LML08RTbrT"
        "5aImGH1uLfe1bXUA"},
    sample{
        "exactly-16-octet",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.obO20xLrv8YmBK0oeMgM4tmYz_tC34cC2LPUYhi"
        "-14NdLNSwsth02yoeNThCelG4EyrDqBt1PYK1Dr2uLBM6Norv2jHFT77B0X2z6MDyTBiIjydE3T1mTck"
        "Uci7VxM5bwNbDbiix8vWJX_M5ydItdmZoMw9sXKcGTwOM90XRu8g.kvLi9-RykcqHtFvf-4Nr2i8Va8f"
        "q1QluLkaBvaasFto"},
    sample{
        "your-secret-key-of-20",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.Lm4sblHC6BaThCjalyhmgEUsZSf1Be3WRp6kH7b"
        "sNd5ujJvf3ILcjUaW5rcu_pHYsQ2ZOnDa7TR8bHiWR0gwzPLWO_Rk1r7WHBrnGHcNF0tRoQ6IaXAlCvb"
        "wv9cesNTw58zYLPhXploaoCoIMNRiJoDGM4AyFxQEmZC0UQiQeWg.DWVpJVh4dqf4DVoReGNco2L1aqb"
        "ovxB7kPEy_Gt401s"},
    sample{
        "exactly-24-octets-of-key",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.t0Sm3vUy_MtBTq89FbseMzxlj9_7QTUJW_vqUgg"
        "trPWPtZ1GbfCQJJtO35fw9uj809svoGadujRXpnrBG-eDajUSwb1-InKcW-G3Wn-QGlgrTycaPLdSwS0"
        "JZV1mCS9-I9q1mXP8EEriWIbho74AI3TfNNYhX8mfj6W-SaH3kM8.7153qRGDDFllrzCRfNIT5NZ7N0I"
        "5T97NEfNov_KviJs"},
    sample{
        "a-secret-of-30-octets-as-it-is",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.Lr4_iaTu8ZDHBA_l27P2Jhmooch59SF0GXJMRdS"
        "Qx6_BXk5N-DzHBopGGnoQLni9DpRCGG1b3ypIZhfzuecU8UlnK8w8ObSRCb1VKzaSxTs3GAzNCnEZY4_"
        "UiMQGOCYUUtvnPjSSh_rBozdxZCRVb1ehzuonVKOhayUiOToHoFY.hQ4BGW7FprVTP4g7JaxO8R4OLJT"
        "ha5vuoDGfrIDpHPw"},
    sample{
        "a-string-secret-at-least-256-bits-long",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.ttjn-ofwWuxo2Pl8-H1bok4SppdGFSIvvsL_YWS"
        "GpTVPk9u8bmPV-T1F-8H5u-p9a_Lzw935O_tsyp-nwSCERV8a793H0jVRK-J88hA180tMCeFq3X5b2Jo"
        "Xh6AEEsJGMX_-X29GiXSz_nDPCkwLfKSPUXN1wiPIIYwHTsxL2Ns._3Fwc_BoJbuzB-g7zqnbD_PC-c5"
        "l4dHJmSBFlBgNkVM"},
};

constexpr instant just_before_exp{std::chrono::seconds{1700003599}};

jwk key_of(std::string_view secret)
{
    jwk key;
    key.kid = "moving";
    key.allow_weak_hmac = true;
    key.material = crypto::import_secret(secret_bytes(secret)).value();
    return key;
}

/// Verified as a profile would whose only issuer is this key's series.
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

/// A token of this payload, signed with the secret.
std::string signed_around(std::string_view secret, byte_view payload)
{
    auto const key = key_of(secret);
    auto const with =
        crypto::make_signer(key.material, *find_signature_algorithm("HS256"), true).value();
    std::vector<jws_signing> const signers{{R"({"alg":"HS256"})", with.get()}};
    return make_jws(signers, payload, serialization::compact, true, false).value();
}

}  // namespace

TEST_SUITE("core/jwt_pro")
{
    TEST_CASE("verify: jwt-pro's own tokens are read, whatever the length of the secret")
    {
        for (auto const& [secret, token] : samples_of_jwt_pro) {
            auto const verified = verify_with(key_of(secret), token);
            REQUIRE(verified.has_value());
            CHECK(verified->claims().find("user_id")->string() == "12345");
            CHECK(verified->claims().find("name")->string() == "John Doe");
            CHECK(verified->kid() == "moving");
        }
    }

    TEST_CASE("verify: a jwt-pro token without the switch is token_malformed")
    {
        auto const& [secret, token] = samples_of_jwt_pro.back();
        auto const refused = verify_with(key_of(secret), token, false);
        REQUIRE(!refused.has_value());
        CHECK(refused.error() == errc::token_malformed);
    }

    TEST_CASE("verify: the claims of a jwt-pro token are checked: exp is the end")
    {
        auto const& [secret, token] = samples_of_jwt_pro.back();
        auto const late = verify_with(key_of(secret), token, true, just_before_exp + seconds{1});
        REQUIRE(!late.has_value());
        CHECK(late.error() == errc::token_expired);
    }

    TEST_CASE("verify: nothing is decrypted before the signature is right")
    {
        auto const& [secret, token] = samples_of_jwt_pro.back();
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
        auto const& secret = samples_of_jwt_pro.back().secret;
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

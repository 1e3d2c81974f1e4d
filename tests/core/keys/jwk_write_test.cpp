#include "core/base/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/crypto/samples.hpp"
#include "tests/core/keys/jwk_samples.hpp"
#include "tests/core/rfc_samples.hpp"

#include <doctest/doctest.h>

using namespace core;
using namespace samples;

TEST_SUITE("core/keys/jwk_write")
{
    TEST_CASE("thumbprint: the examples of RFC 7638 section 3.1 and RFC 8037 A.3")
    {
        auto const rsa = parse_jwk_text(samples::thumbprint_jwk).value();
        CHECK(thumbprint(*rsa.material) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        auto const okp = parsed(ed25519_public).value();
        CHECK(thumbprint(*okp.material) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        CHECK(
            thumbprint_input(*okp.material)
            == R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"
        );
    }

    TEST_CASE("thumbprint: of ML-DSA the all-zero seed's key has the kid that RFC 9964 gives")
    {
        for (auto const& [set, kid] : {
                 std::pair{key_family::ml_dsa_44, "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o"},
                 std::pair{key_family::ml_dsa_65, "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM"},
             }) {
            auto const key = crypto::import_akp(set, {}, secret_bytes(bytes(32, 0))).value();
            CHECK(thumbprint(*key) == kid);
        }
    }

    TEST_CASE("thumbprint_input: members in order, EC and oct")
    {
        CHECK(
            thumbprint_input(*parsed(ec_public)->material)
            == R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
               R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"
        );
        CHECK(thumbprint_input(*parsed(oct_secret)->material).starts_with(R"({"k":"AyM1)"));
    }

    TEST_CASE("derive_kid: asymmetric keys without a kid get their thumbprint, others stay")
    {
        auto key = parsed(ed25519_public).value();
        derive_kid(key);
        CHECK(key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        CHECK(key.kid_is_derived);
        auto named = parsed(ed25519_public, R"(,"kid":"mine")").value();
        derive_kid(named);
        CHECK(named.kid == "mine");
        CHECK(!named.kid_is_derived);
        auto secret = parsed(oct_secret).value();
        derive_kid(secret);
        CHECK(secret.kid.empty());
    }

    TEST_CASE("append_public_jwk: never a private member, and it reads back as the public half")
    {
        for (auto const family : samples::families) {
            jwk key;
            key.kid = "k\"1";
            key.material = samples::key_of(family);
            std::string text;
            append_public_jwk(text, key);
            auto const document = json::document::parse(text);
            REQUIRE(document.has_value());
            for (auto const* member : {"d", "p", "q", "dp", "dq", "qi", "k", "priv"})
                CHECK(!document->root().find(member));
            CHECK(document->root().find("kid")->string() == "k\"1");
            if (family == key_family::secret)
                continue;
            auto const again = parse_jwk(document->root(), key_role::holder);
            REQUIRE(again.has_value());
            CHECK(!again->material->is_private());
            CHECK(thumbprint(*again->material) == thumbprint(*key.material));
        }
    }

    TEST_CASE("append_private_jwk: reads back as the same private key")
    {
        for (auto const family : samples::families) {
            jwk key;
            key.use = key_use::enc;
            if (!default_signature_algorithm(family).empty()) {
                key.use = key_use::sig;
                key.alg = default_signature_algorithm(family);
            }
            key.material = samples::key_of(family);
            std::string text;
            append_private_jwk(text, key);
            auto const again = parse_jwk_text(text);
            REQUIRE(again.has_value());
            CHECK(again->material->is_private());
            CHECK(again->alg == key.alg);
            CHECK(again->use == key.use);
            CHECK(thumbprint(*again->material) == thumbprint(*key.material));
        }
    }
}

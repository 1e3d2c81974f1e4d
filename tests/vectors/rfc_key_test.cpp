#include "core/base64url.hpp"
#include "core/crypto/signature.hpp"
#include "core/jwk.hpp"
#include "tests/vectors/vector_files.hpp"

#include <doctest/doctest.h>

using namespace core;
using vectors::text;

TEST_SUITE("vectors/rfc_key")
{
    TEST_CASE("parse_jwk: the keys of RFC 7520 section 3 are keys")
    {
        for (auto const* name :
             {"3_1.ec_public_key", "3_2.ec_private_key", "3_3.rsa_public_key",
              "3_4.rsa_private_key", "3_5.symmetric_key_mac_computation",
              "3_6.symmetric_key_encryption"}) {
            auto const document = vectors::open("cookbook/jwk/" + std::string(name) + ".json");
            if (!document)
                return;
            CAPTURE(name);
            CHECK(parse_jwk(document->root()).has_value());
        }
        std::printf("RFC 7520 section 3: 6 keys read\n");
    }

    TEST_CASE("parse_jwk, verifier: ML-DSA keys have RFC 9964's thumbprint and verify its tokens")
    {
        for (auto const* name : {"44", "65", "87"}) {
            auto const document =
                vectors::open("mldsa-jose/ML_DSA_" + std::string(name) + ".jose.json");
            if (!document)
                return;
            CAPTURE(name);
            auto const key = parse_jwk(*document->root().find("jwk"));
            REQUIRE(key.has_value());
            CHECK(key->material->is_private());
            CHECK(thumbprint(*key->material) == key->kid);
            auto const token = text(document->root(), "jws");
            auto const input = token.substr(0, token.rfind('.'));
            auto const signature = base64url_decode(token.substr(input.size() + 1)).value();
            auto const verifier =
                crypto::make_verifier(key->material, *find_signature_algorithm(key->alg)).value();
            CHECK(verifier->verify(as_bytes(input), signature));
            CHECK(!verifier->verify(as_bytes(input.substr(1)), signature));
        }
        std::printf("RFC 9964: 3 keys and tokens verified\n");
    }
}

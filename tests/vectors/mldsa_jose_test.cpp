#include "core/base/base64url.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

/// The examples of RFC 9964's own repository: AKP keys from an all-zero seed, and tokens.
TEST_SUITE("vectors/mldsa-jose")
{
    TEST_CASE("ML-DSA-44, -65, -87: the seed gives the public key, the kid, and the token verifies")
    {
        if (!vectors::read_text("mldsa-jose/ML_DSA_44.jose.json"))
            return;
        vectors::tally tally("mldsa-jose");
        for (auto const* file :
             {"mldsa-jose/ML_DSA_44.jose.json", "mldsa-jose/ML_DSA_65.jose.json",
              "mldsa-jose/ML_DSA_87.jose.json"}) {
            auto const example = vectors::read(file);
            auto const member = vectors::member(example->root(), "jwk");
            auto keys = vectors::read_keys(member);
            REQUIRE(keys.has_value());
            auto const& key = keys->keys.front();
            CHECK(key.material->is_private());
            auto const pub = core::crypto::public_parts_of(*key.material).pub;
            tally.must_equal(file, core::base64url_encode(pub), vectors::text_of(member, "pub"));
            tally.must_equal(
                file, core::thumbprint(*key.material), vectors::text_of(member, "kid")
            );

            auto const jws = vectors::text_of(example->root(), "jws");
            tally.must_accept(file, vectors::code_of(vectors::verify(*keys, jws)));
            for (auto const at : {jws.find('.') + 1, jws.size() - 100}) {  // payload, signature
                std::string damaged(jws);
                damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
                auto const refused = vectors::verify(*keys, std::string_view(damaged));
                tally.must_refuse(file, vectors::code_of(refused));
                CHECK(vectors::code_of(refused) == "signature_invalid");
            }

            // Signing is hedged (FIPS 204 section 3.4), so a new signature is another and verifies.
            auto const row = core::find_signature_algorithm(key.alg);
            auto const signing = core::crypto::make_signer(key.material, *row).value();
            auto const input = jws.substr(0, jws.rfind('.'));
            auto const made = signing->sign(core::as_bytes(input)).value();
            auto const token = std::string(input) + "." + core::base64url_encode(made);
            CHECK(token != jws);
            tally.must_accept(
                file, vectors::code_of(vectors::verify(*keys, std::string_view(token)))
            );
        }
        CHECK(tally.accepted() == 6);
    }
}

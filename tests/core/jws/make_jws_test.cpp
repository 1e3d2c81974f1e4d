#include "core/base/base64url.hpp"
#include "core/crypto/key.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

crypto::key_ptr secret_key()
{
    auto key =
        crypto::import_secret(secret_bytes(std::string_view("0123456789abcdef0123456789abcdef")));
    REQUIRE(key.has_value());
    return *key;
}

}  // namespace

TEST_SUITE("core/jws/make_jws")
{
    TEST_CASE(
        "make_jws: RFC 7797 payloads travel as they are, detached or in a form that can carry them"
    )
    {
        auto const key = secret_key();
        auto signer = crypto::make_signer(key, *find_signature_algorithm("HS256"));
        REQUIRE(signer.has_value());
        std::vector<jws_signing> const by{
            {R"({"alg":"HS256","b64":false,"crit":["b64"]})", signer->get()}};
        auto const dotted = as_bytes("$.02");
        CHECK(!make_jws(by, dotted, serialization::compact, false, false).has_value());
        auto const detached = make_jws(by, dotted, serialization::compact, false, true);
        REQUIRE(detached.has_value());
        CHECK(detached->find("..") != std::string::npos);
        auto const flat = make_jws(by, dotted, serialization::flattened, false, false);
        REQUIRE(flat.has_value());
        CHECK(flat->starts_with(R"({"payload":"$.02")"));
    }

    TEST_CASE("make_jws: a header that is kept in base64url gives the same token")
    {
        auto const key = secret_key();
        auto signer = crypto::make_signer(key, *find_signature_algorithm("HS256"));
        REQUIRE(signer.has_value());
        std::string_view const header = R"({"alg":"HS256","kid":"k"})";
        auto const encoded = base64url_encode(as_bytes(header));
        jws_signing const plain{header, signer->get()}, kept{header, signer->get(), encoded};
        for (auto const form :
             {serialization::compact, serialization::flattened, serialization::general}) {
            for (bool const detached : {false, true}) {
                auto const one = make_jws(plain, as_bytes("content"), form, true, detached);
                auto const other = make_jws(kept, as_bytes("content"), form, true, detached);
                REQUIRE(one.has_value());
                CHECK(*one == *other);
                CHECK(one->find(encoded) != std::string::npos);
                CHECK((one->find("Y29udGVudA") == std::string::npos) == detached);
            }
        }
    }

    TEST_CASE("make_jws: several signers sign one payload, each under its own header")
    {
        auto const key = secret_key();
        auto first = crypto::make_signer(key, *find_signature_algorithm("HS256"));
        auto second = crypto::make_signer(key, *find_signature_algorithm("HS256"));
        REQUIRE(second.has_value());
        auto const one = make_jws(
            {{R"({"alg":"HS256"})", first->get()}, {R"({"alg":"HS256","x":1})", second->get()}},
            as_bytes("p"), serialization::general, true, false
        );
        auto const by_first = (*first)->sign(as_bytes("eyJhbGciOiJIUzI1NiJ9.cA"));
        auto const by_second = (*second)->sign(as_bytes("eyJhbGciOiJIUzI1NiIsIngiOjF9.cA"));
        CHECK(
            *one
            == R"({"payload":"cA","signatures":[{"protected":"eyJhbGciOiJIUzI1NiJ9","signature":")"
                + base64url_encode(*by_first)
                + R"("},{"protected":"eyJhbGciOiJIUzI1NiIsIngiOjF9","signature":")"
                + base64url_encode(*by_second) + R"("}]})"
        );
    }
}

#include "core/base/base64url.hpp"
#include "core/crypto/key.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/operations/sign.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

using namespace tests;
using service::context;
using service::sign_operation;

namespace {

std::string const key = R"("secret":"0123456789abcdef0123456789abcdef")";

std::string private_key(core::key_family family, std::size_t bits = 0)
{
    core::jwk made;
    made.material = core::crypto::generate(family, bits).value();
    std::string text;
    core::append_private_jwk(text, made);
    return "\"key\":" + text;
}

bool is_expensive(std::string const& members)
{
    bare_service here;
    auto const request = read_by(sign_operation, members, here);
    REQUIRE(request.has_value());
    return sign_operation.is_expensive_to_run(*request);
}

}  // namespace

TEST_SUITE("service/operations/sign")
{
    TEST_CASE("sign: a request that was read no longer needs its text")
    {
        bare_service here;
        auto const request = read_by(
            sign_operation,
            R"({"claims":{"sub":"a long enough subject to be on the heap"},"typ":"at+jwt",)"
            R"("header":{"x":"a long enough header to be on the heap too"},"jti":"some id",)"
                + key + "}",
            here
        );
        REQUIRE(request.has_value());
        auto const token = service::sign(*request, here.scope, nullptr);
        REQUIRE(token.has_value());
        CHECK(token->starts_with("eyJ4IjoiYSBsb25nIGVub3VnaCBoZWFkZXIg"));
        auto const answer = sign_operation.run(*request, here.scope, nullptr);
        CHECK(member_of(answer, "token") == *token);
        CHECK(member_of(answer, "jti") == "some id");
        CHECK(member_of(answer, "alg") == "HS256");
    }

    TEST_CASE("sign: at_hash and c_hash go by the curve, under EdDSA, Ed448 and Ed25519")
    {
        bare_service here;
        auto const claims_of = [&](core::key_family family, std::string const& alg) {
            auto const answer = answer_of(
                sign_operation,
                R"({"claims":{},"access_token":"t0ken","code":"t0ken","alg":")" + alg + "\","
                    + private_key(family) + "}",
                here
            );
            auto const token = member_of(answer, "token");
            auto const from = token.find('.') + 1;
            return core::base64url_decode_text(token.substr(from, token.rfind('.') - from))
                .value_or("");
        };
        std::string const ed448 =
            "-6jLhtyuksSquu8y-LrIx7KmJFw9FTEAF1AKSHXkQnbfKjD1g1bZbOc0eLKBKeVjE3Ex8atuPbfW";
        std::string const ed25519 = "lkyvr0xWYtvQ-CNQ5kbuISoFDvY_ngpezzkqIIHe9c4";
        auto const both = [](std::string const& half) {
            return R"({"at_hash":")" + half + R"(","c_hash":")" + half + "\"}";
        };
        CHECK(claims_of(core::key_family::ed448, "EdDSA") == both(ed448));
        CHECK(claims_of(core::key_family::ed448, "Ed448") == both(ed448));
        CHECK(claims_of(core::key_family::ed25519, "EdDSA") == both(ed25519));
        CHECK(claims_of(core::key_family::ed25519, "Ed25519") == both(ed25519));
    }

    TEST_CASE("sign: a failure says whether keys of the request are part of its context")
    {
        bare_service here;
        auto const context_of = [&](std::string const& members) {
            return answer_of(sign_operation, members, here).where;
        };
        CHECK(context_of(R"({"claims":{}})") == context::sign);
        CHECK(context_of(R"({"claims":{},"key":7})") == context::sign_inline);
        here.settings.limits.token_bytes = 10;
        CHECK(context_of(R"({"claims":{},)" + key + "}") == context::sign_inline);
        auto const refused = answer_of(sign_operation, R"({"claims":{},)" + key + "}", here);
        REQUIRE(!refused.body.has_value());
        CHECK(refused.body.error() == core::errc::token_too_large);
    }

    TEST_CASE("sign: RSA signatures, passwords and many recipients are expensive to run")
    {
        CHECK(!is_expensive(R"({"claims":{},)" + key + "}"));
        CHECK(!is_expensive(R"({"claims":{},)" + private_key(core::key_family::p256) + "}"));
        auto const rsa = private_key(core::key_family::rsa, 2048);
        CHECK(is_expensive(R"({"claims":{},)" + rsa + "}"));
        CHECK(is_expensive(
            R"({"payload":"x","serialization":"general","signers":[{)" + key + "},{" + rsa + "}]}"
        ));
        CHECK(!is_expensive(R"({"claims":{},)" + key + R"(,"encrypt":{)" + key + "}}"));
    }

    TEST_CASE("sign: RSA keys without primes are expensive to read, where they are read at all")
    {
        bare_service here;
        auto const document =
            core::json::document::parse(R"({"key":{"kty":"RSA","n":"AA","e":"AQAB","d":"AA"}})");
        CHECK(sign_operation.is_expensive_to_read(document->root(), here.settings));
        here.settings.inline_keys.sign = false;
        CHECK(!sign_operation.is_expensive_to_read(document->root(), here.settings));
        auto const cheap = core::json::document::parse("{" + key + "}");
        here.settings.inline_keys.sign = true;
        CHECK(!sign_operation.is_expensive_to_read(cheap->root(), here.settings));
    }
}

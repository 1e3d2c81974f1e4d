#include "core/keys/jwk_material.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/keys/jwk_material")
{
    TEST_CASE("needs_prime_recovery: an RSA JWK with d, and neither p nor q")
    {
        auto const needs = [](std::string const& text) {
            auto const document = json::document::parse(text);
            return needs_prime_recovery(document->root());
        };
        CHECK(needs(R"({"kty":"RSA","d":"AA"})"));
        CHECK(!needs(R"({"kty":"RSA"})"));
        CHECK(!needs(R"({"kty":"RSA","d":"AA","p":"AA"})"));
        CHECK(!needs(R"({"kty":"RSA","d":"AA","q":"AA"})"));
        CHECK(!needs(R"({"kty":"EC","d":"AA"})"));
        CHECK(!needs("7"));
    }
}

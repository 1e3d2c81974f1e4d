#include "service/operations/inline_keys.hpp"

#include <doctest/doctest.h>

using namespace service;

namespace {

std::size_t count_in(std::string const& text)
{
    auto const document = core::json::document::parse(text);
    REQUIRE(document.has_value());
    return prime_recoveries(document->root());
}

constexpr char const* bare = R"({"kty":"RSA","n":"AA","e":"AQAB","d":"AA"})";

}  // namespace

TEST_SUITE("service/operations/inline_keys")
{
    TEST_CASE("prime_recoveries: every place of a key that is read whole is looked at")
    {
        std::string const key = bare;
        CHECK(count_in(R"({"key":)" + key + "}") == 1);
        CHECK(count_in(R"({"key":" {\"kty\":\"RSA\",\"d\":\"AA\"}"})") == 1);
        CHECK(count_in(R"({"keys":[)" + key + "," + key + "]}") == 2);
        CHECK(count_in(R"({"jwks":{"keys":[)" + key + "]}}") == 1);
        CHECK(count_in(R"({"signers":[{"key":)" + key + R"(},{"keys":[)" + key + "]}]}") == 2);
    }

    TEST_CASE("prime_recoveries: unknown members do not hide a key")
    {
        CHECK(count_in(R"({"key":{"kty":"RSA","d":"AA","keys":[]}})") == 1);
        CHECK(count_in(R"({"signers":[{"key":{"kty":"RSA","d":"AA"},"signers":[]}],"x":1})") == 1);
        CHECK(count_in(R"({"\u006bey":{"k\u0074y":"RS\u0041","d":"AA"}})") == 1);
    }

    TEST_CASE("prime_recoveries: nothing else counts, however it is formed")
    {
        for (auto const* text :
             {"7", "[]", "{}", R"({"key":7,"keys":7,"jwks":7,"signers":7})",
              R"({"jwks":{"keys":{}},"keys":[7,[]],"signers":[7,[]]})",
              R"({"key":{"kty":"RSA","d":"AA","p":"AA"}})",
              R"({"verify":{"key":{"kty":"RSA","d":"AA"}}})"})
            CHECK(count_in(text) == 0);
    }
}

#include "core/jwt/registered_claims.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string mistyped(std::string claims)
{
    auto const document = *json::document::parse(std::move(claims));
    return std::string(registered_claims(document.root()).mistyped());
}

}  // namespace

TEST_SUITE("core/jwt/registered_claims")
{
    TEST_CASE("registered_claims: finds each by its exact name")
    {
        auto const document = *json::document::parse(
            R"({"iss":"1","sub":"2","aud":"3","exp":4,"nbf":5,"iat":6,"jti":"7","at_hash":"8","c_hash":"9",)"
            R"("ISS":1,"isss":2,"":3,"x_hash":4})"
        );
        registered_claims const own(document.root());
        auto const text = [](std::optional<json::value> const& claim) {
            REQUIRE(claim.has_value());
            return claim->text();
        };
        CHECK(text(own.iss) == R"("1")");
        CHECK(text(own.sub) == R"("2")");
        CHECK(text(own.aud) == R"("3")");
        CHECK(text(own.exp) == "4");
        CHECK(text(own.nbf) == "5");
        CHECK(text(own.iat) == "6");
        CHECK(text(own.jti) == R"("7")");
        CHECK(text(own.at_hash) == R"("8")");
        CHECK(text(own.c_hash) == R"("9")");
        CHECK(own.mistyped().empty());
        auto const none = *json::document::parse("{}");
        CHECK_FALSE(registered_claims(none.root()).iss.has_value());
    }

    TEST_CASE("registered_claims: mistyped is one whose type no verifier accepts")
    {
        for (auto const* name : {"iss", "sub", "jti"})
            CHECK(mistyped(R"({")" + std::string(name) + R"(":null})") == name);
        for (auto const* name : {"exp", "nbf", "iat"})
            CHECK(mistyped(R"({")" + std::string(name) + R"(":"1"})") == name);
        CHECK(mistyped(R"({"aud":["a",1]})") == "aud");
        CHECK(mistyped(R"({"aud":[]})").empty());
        CHECK(mistyped(R"({"at_hash":1,"c_hash":1})").empty());
        CHECK(mistyped(R"({"exp":1,"iss":1})") == "iss");
    }
}

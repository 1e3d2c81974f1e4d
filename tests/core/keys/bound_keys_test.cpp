#include "core/keys/bound_keys.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace core;

TEST_SUITE("core/keys/bound_keys")
{
    TEST_CASE("is_tenant: 1 to 64 letters, digits and dashes")
    {
        CHECK(is_tenant("a"));
        CHECK(is_tenant("9188040d-6c67-4c5b-b112-36a304b66dad"));
        CHECK(is_tenant("Contoso"));
        CHECK(is_tenant(std::string(64, 'a')));
        for (auto const& text :
             {std::string(), std::string(65, 'a'), std::string("a/b"), std::string("a.b"),
              std::string("a_b"), std::string("{tid}"), std::string("a\0b", 3),
              std::string("\xc3\xa9")})
            CHECK(!is_tenant(text));
    }

    TEST_CASE("filled_in: only a tenant in the place of the placeholder")
    {
        constexpr std::string_view form = "https://login.example/{tid}/v2.0";
        CHECK(filled_in("https://login.example/a-1/v2.0", form, "{tid}") == "a-1");
        for (auto const* text :
             {"https://login.example//v2.0", "https://login.example/v2.0", "",
              "https://login.example/a/b/v2.0", "https://login.example/a/v2.0/",
              "https://login.example/a/v2", "http://login.example/a/v2.0",
              "https://login.example/{tid}/v2.0", "https://login.example/a%2fb/v2.0"})
            CHECK(!filled_in(text, form, "{tid}"));
        CHECK(!filled_in("a", "a", "{tid}"));
        CHECK(!filled_in("xyx", "{tid}y{tid}", "{tid}"));
        CHECK(filled_in("https://a/b", "https://a/{tid}", "{tid}") == "b");
    }

    TEST_CASE("is_key_for: the issuer of a key is the token's iss, with its own tenant")
    {
        CHECK(is_key_for("", {}));
        CHECK(is_key_for("urn:a", {"urn:a", ""}));
        CHECK(!is_key_for("urn:a", {"urn:b", ""}));
        CHECK(!is_key_for("urn:a", {}));
        constexpr std::string_view any = "https://login.example/{tenantid}/v2.0";
        CHECK(is_key_for(any, {"https://login.example/a/v2.0", "a"}));
        CHECK(!is_key_for(any, {"https://login.example/a/v2.0", "b"}));
        CHECK(!is_key_for(any, {"https://login.example/a/v2.0", ""}));
        CHECK(!is_key_for(any, {"https://sts.example/a/", "a"}));
        CHECK(!is_key_for(any, {any, "{tenantid}"}));
    }
}

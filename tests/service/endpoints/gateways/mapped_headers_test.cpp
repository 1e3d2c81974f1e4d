#include "service/endpoints/gateways/mapped_headers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace service;

namespace {

std::string text_of(std::vector<config::header_mapping> const& mappings, std::string claims)
{
    auto const document = core::json::document::parse(std::move(claims));
    std::string_view unfit;
    auto const made = mapped_headers(mappings, document->root(), unfit);
    return made ? std::string(made->text()) : "unfit: " + std::string(unfit);
}

config::header_mapping scopes_mapping()
{
    config::header_mapping scopes{"X-Scopes", "scopes"};
    scopes.is_scopes = true;
    return scopes;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/mapped_headers")
{
    TEST_CASE("mapped_headers: every header, in order, empty where the claim is absent or null")
    {
        std::vector<config::header_mapping> const all{
            {"X-Sub", "sub"}, {"X-Role", "/realm_access/roles"}, {"X-None", "none"}, {"X-N", "n"}};
        CHECK(
            text_of(all, R"({"sub":"alice","n":null,"realm_access":{"roles":["a","b"]}})")
            == "X-Sub: alice\r\nX-Role: a,b\r\nX-None: \r\nX-N: \r\n"
        );
    }

    TEST_CASE("mapped_headers: a claim that a header cannot carry -> claim_invalid, with the header"
    )
    {
        for (auto const* claims :
             {R"({"sub":"a\r\nX-Role: admin"})", R"({"sub":"é"})", R"({"sub":{"a":1}})",
              R"({"sub":["a,b"]})"})
            CHECK(text_of({{"X-Sub", "sub"}}, claims) == "unfit: X-Sub");
    }

    TEST_CASE("mapped_headers: `encode` carries what a header could not")
    {
        config::header_mapping name{"X-Name", "name"};
        name.style.encode = core::claim_style::encoding::percent;
        CHECK(text_of({name}, R"({"name":"Zoë, née"})") == "X-Name: Zo%C3%AB%2C%20n%C3%A9e\r\n");
        name.style.encode = core::claim_style::encoding::base64url;
        CHECK(text_of({name}, R"({"name":"é"})") == "X-Name: w6k\r\n");
    }

    TEST_CASE("mapped_headers: scopes come from scope or scp, text or array, joined by a space")
    {
        for (auto const* claims :
             {R"({"scope":"a b"})", R"({"scope":["a","b"]})", R"({"scp":"a b"})",
              R"({"scp":["a","b"]})"})
            CHECK(text_of({scopes_mapping()}, claims) == "X-Scopes: a b\r\n");
        CHECK(text_of({scopes_mapping()}, R"({"sub":"alice"})") == "X-Scopes: \r\n");
        for (auto const* claims : {R"({"scope":1})", R"({"scp":["a b"]})", R"({"scope":"a\nb"})"})
            CHECK(text_of({scopes_mapping()}, claims) == "unfit: X-Scopes");
    }

    TEST_CASE("empty_headers: every header without a value")
    {
        std::vector<config::header_mapping> const all{{"X-Sub", "sub"}, {"X-Role", "role"}};
        CHECK(empty_headers(all).text() == "X-Sub: \r\nX-Role: \r\n");
    }
}

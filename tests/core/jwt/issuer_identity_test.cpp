#include "core/jwt/issuer_identity.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

bool admits(issuer_identity const& identity, std::string const& claims)
{
    auto const read = json::document::parse(claims);
    REQUIRE(read.has_value());
    return identity.admits(read->root());
}

std::string claims_of(std::string_view iss, std::string_view tid)
{
    return R"({"iss":")" + std::string(iss) + R"(","tid":")" + std::string(tid) + R"("})";
}

auto const entra = issuer_identity::of_tenants("https://login.example/{tid}/v2.0", {"b", "a"}, {});
auto const any_tenant = issuer_identity::of_tenants("https://login.example/{tid}/v2.0", {}, {});
auto const google = issuer_identity::of_spellings({"accounts.example", "https://accounts.example"});
auto const mesh = issuer_identity::of_trust_domain("example.org");

}  // namespace

TEST_SUITE("core/jwt/issuer_identity")
{
    TEST_CASE("admits: spellings -> each of them, byte for byte")
    {
        CHECK(admits(google, R"({"iss":"accounts.example"})"));
        CHECK(admits(google, R"({"iss":"https://accounts.example"})"));
        for (auto const* claims :
             {R"({})", R"({"iss":""})", R"({"iss":"https://accounts.example/"})",
              R"({"iss":["accounts.example"]})", R"({"iss":"Accounts.example"})",
              R"({"iss":null})"})
            CHECK(!admits(google, claims));
    }

    TEST_CASE("admits: a template -> an admitted tenant that is the token's own")
    {
        CHECK(admits(entra, claims_of("https://login.example/a/v2.0", "a")));
        CHECK(admits(entra, claims_of("https://login.example/b/v2.0", "b")));
        CHECK(!admits(entra, claims_of("https://login.example/c/v2.0", "c")));
        CHECK(admits(any_tenant, claims_of("https://login.example/c/v2.0", "c")));
        for (auto const& identity : {entra, any_tenant}) {
            CHECK(!admits(identity, claims_of("https://login.example/a/v2.0", "b")));
            CHECK(!admits(identity, claims_of("https://login.example/a/v2.0", "")));
            CHECK(!admits(identity, claims_of("https://login.example/a/v1.0", "a")));
            CHECK(!admits(identity, claims_of("https://login.example/{tid}/v2.0", "{tid}")));
            CHECK(!admits(identity, R"({"iss":"https://login.example/a/v2.0"})"));
            CHECK(!admits(identity, R"({"iss":"https://login.example/a/v2.0","tid":["a"]})"));
            CHECK(!admits(identity, R"({"tid":"a"})"));
        }
    }

    TEST_CASE("admits: a trust domain -> the sub of a workload, whatever iss says")
    {
        CHECK(admits(mesh, R"({"sub":"spiffe://example.org/a"})"));
        CHECK(admits(mesh, R"({"sub":"spiffe://example.org/a","iss":"urn:any"})"));
        for (auto const* claims :
             {R"({})", R"({"sub":"spiffe://example.org"})", R"({"iss":"spiffe://example.org/a"})",
              R"({"sub":["spiffe://example.org/a"]})", R"({"sub":"spiffe://example.com/a"})"})
            CHECK(!admits(mesh, claims));
    }

    TEST_CASE("admits_iss: what some token may have; never of a trust domain")
    {
        CHECK(entra.admits_iss("https://login.example/a/v2.0"));
        CHECK(!entra.admits_iss("https://login.example/c/v2.0"));
        CHECK(google.admits_iss("accounts.example"));
        CHECK(!mesh.admits_iss("spiffe://example.org"));
        CHECK(!mesh.admits_iss(""));
    }

    TEST_CASE("overlaps: one text, one tenant or one trust domain in common")
    {
        auto const of = [](std::vector<std::string> tenants) {
            return issuer_identity::of_tenants(
                "https://login.example/{tid}/v2.0", std::move(tenants), {}
            );
        };
        CHECK(entra.overlaps(of({"b", "c"})));
        CHECK(!entra.overlaps(of({"c"})));
        CHECK(of({"c"}).overlaps(any_tenant));
        CHECK(!entra.overlaps(issuer_identity::of_tenants("https://b.example/{tid}/", {}, {})));
        auto const fixed = issuer_identity::of_spellings({"https://login.example/a/v2.0", "x"});
        CHECK(entra.overlaps(fixed));
        CHECK(fixed.overlaps(entra));
        CHECK(!google.overlaps(fixed));
        CHECK(google.overlaps(issuer_identity::of_spellings({"y", "accounts.example"})));
        CHECK(mesh.overlaps(issuer_identity::of_trust_domain("example.org")));
        CHECK(!mesh.overlaps(issuer_identity::of_trust_domain("example.com")));
        CHECK(!mesh.overlaps(google));
        CHECK(!google.overlaps(mesh));
    }

    TEST_CASE("origin_of: what is not a text is not there")
    {
        auto const read = json::document::parse(R"({"iss":"urn:a","tid":7})");
        auto const origin = origin_of(read->root());
        CHECK(origin.iss == "urn:a");
        CHECK(origin.tid.empty());
    }
}

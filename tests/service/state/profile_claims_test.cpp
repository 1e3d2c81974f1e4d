#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

/// The default profile asks for one of two scopes, a name of two, and an array that has "admin".
config::settings pinning_settings()
{
    using kind = core::claim_rule::kind;
    auto settings = token_settings();
    auto& profile = settings.verify_profiles["default"];
    profile.any_scopes = {"read", "write"};
    profile.claim_rules = {
        {"name", kind::one_of, {R"("alice")", R"("bob")"}},
        {"/realm_access/roles", kind::contains, {R"("admin")"}}};
    settings.sign_profiles["default"].allowed_claims = {"sub", "scope", "name", "realm_access"};
    return settings;
}

std::string claims_with(std::string_view name, std::string_view roles, std::string_view scope)
{
    return R"({"sub":"s","name":)" + std::string(name) + R"(,"realm_access":{"roles":)"
        + std::string(roles) + R"(},"scope":")" + std::string(scope) + "\"}";
}

answer auth(live_service& to, std::string const& token)
{
    return ask(
        to.port(), "GET /auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"
    );
}

}  // namespace

TEST_SUITE("service/state/profiles")
{
    TEST_CASE("profiles: claims and scopes of a profile decide on /verify and /auth alike")
    {
        live_service running(pinning_settings());
        struct row {
            std::string claims;
            std::string_view code;
            std::string_view claim;
            int status;  // of /auth
        };
        for (auto const& [claims, code, claim, status] : {
                 row{claims_with(R"("bob")", R"(["user","admin"])", "x read"), "", "", 200},
                 row{claims_with(R"("eve")", R"(["admin"])", "read"), "claim_invalid", "name", 401},
                 row{claims_with(R"(["bob"])", R"(["admin"])", "read"), "claim_invalid", "name",
                     401},
                 row{claims_with(R"("bob")", R"(["user"])", "read"), "claim_invalid",
                     "/realm_access/roles", 401},
                 row{claims_with(R"("bob")", R"("admin")", "read"), "claim_invalid",
                     "/realm_access/roles", 401},
                 row{claims_with(R"("bob")", R"(["admin"])", "reads"), "scope_insufficient",
                     "scope", 403},
                 row{R"({"sub":"s","name":"bob","scope":"read"})", "claim_missing",
                     "/realm_access/roles", 401},
             }) {
            CAPTURE(claims);
            auto const token = signed_token(running, claims);
            REQUIRE(!token.empty());
            auto const got = verified(running, token);
            CHECK(got.status == (code.empty() ? 200 : 422));
            if (!code.empty()) {
                CHECK(member(got, "code") == code);
                CHECK(member(got, "claim") == claim);
            }
            CHECK(auth(running, token).status == status);
        }
    }

    TEST_CASE("profiles: a request cannot skip what `claims` of its profile say")
    {
        live_service running(pinning_settings());
        auto const token = signed_token(
            running, R"({"sub":"s","realm_access":{"roles":["admin"]},"scope":"read"})"
        );
        auto const got = verified(running, token, R"(,"optional":["name"])");
        CHECK(got.status == 400);
        CHECK(member(got, "member") == "optional");
    }
}

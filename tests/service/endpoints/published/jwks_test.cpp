#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

TEST_SUITE("service/endpoints/published/jwks")
{
    TEST_CASE("jwks: the public keys, cacheable, open to every origin")
    {
        live_service running;
        auto const got = get(running.port(), "/.well-known/jwks.json");
        CHECK(got.status == 200);
        CHECK(got.header("Content-Type") == "application/jwk-set+json");
        CHECK(got.header("Cache-Control") == "public, max-age=300");
        CHECK(got.header("Access-Control-Allow-Origin") == "*");
        CHECK(got.body.find(R"("kty":"EC")") != std::string::npos);
        CHECK(got.body.find(R"("d":)") == std::string::npos);
    }

    TEST_CASE("jwks: If-None-Match with the ETag is 304 without a body")
    {
        live_service running;
        auto const etag = get(running.port(), "/.well-known/jwks.json").header("ETag");
        REQUIRE(etag.size() > 2);
        for (std::string const& condition :
             std::vector<std::string>{etag, "\"x\", " + etag, "W/" + etag, "*"}) {
            CAPTURE(condition);
            auto const got =
                get(running.port(), "/.well-known/jwks.json",
                    "If-None-Match: " + condition + "\r\n");
            CHECK(got.status == 304);
            CHECK(got.body.empty());
            CHECK(got.header("ETag") == etag);
            CHECK(got.header("Cache-Control") == "public, max-age=300");
        }
        CHECK(
            get(running.port(), "/.well-known/jwks.json", "If-None-Match: \"x\"\r\n").status == 200
        );
    }
}

TEST_SUITE("service/endpoints/published/discovery")
{
    TEST_CASE("discovery: from the configuration, whatever Host says")
    {
        live_service running;
        for (std::string_view path :
             {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}) {
            auto const got =
                ask(running.port(),
                    "GET " + std::string(path) + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            CHECK(got.status == 200);
            CHECK(got.body.find(R"("issuer":"https://tokens.example.com")") != std::string::npos);
            CHECK(
                got.body.find(R"("jwks_uri":"https://tokens.example.com/.well-known/jwks.json")")
                != std::string::npos
            );
            CHECK(
                got.body.find(R"("id_token_signing_alg_values_supported":["ES256"])")
                != std::string::npos
            );
            CHECK(got.body.find("evil") == std::string::npos);
        }
    }

    TEST_CASE("discovery: an algorithm that signs payloads only is not announced")
    {
        auto with = live_settings();
        auto pay = with.keys.front();
        pay.series = "pay";
        pay.key.kid = "pay-1";
        pay.key.alg = "EdDSA";
        pay.key.material = core::crypto::generate(core::key_family::ed25519, 0).value();
        pay.in_jwks = true;
        with.keys.push_back(pay);
        config::sign_profile receipts;
        receipts.name = "receipts";
        receipts.kind = config::token_kind::jws;
        receipts.key = "pay";
        with.sign_profiles["receipts"] = receipts;
        live_service running(with);
        auto const got = get(running.port(), "/.well-known/openid-configuration");
        CHECK(
            got.body.find(R"("id_token_signing_alg_values_supported":["ES256"])")
            != std::string::npos
        );
    }

    TEST_CASE("discovery: 404 without an issuer URL")
    {
        auto with = live_settings();
        with.issuer = "urn:signet:dev";
        live_service running(with);
        CHECK(get(running.port(), "/.well-known/openid-configuration").status == 404);
    }
}

TEST_SUITE("service/endpoints/admin/keys")
{
    TEST_CASE("keys: states and kids on the admin listener, nothing of the keys themselves")
    {
        live_service running;
        auto const got = get(running.admin_port(), "/keys");
        CHECK(got.status == 200);
        auto const& kid = running.app().shared().settings.keys[0].key.kid;
        CHECK(
            got.body
            == R"({"keys":[{"name":"sig","kid":")" + kid
                + R"(","alg":"ES256","use":"sig","issuer":"https://tokens.example.com","state":"active"}]})"
        );
    }
}

TEST_SUITE("service/endpoints/published/openapi")
{
    TEST_CASE("openapi: the description of this build")
    {
        live_service running;
        auto const got = get(running.port(), "/openapi.yaml");
        CHECK(got.status == 200);
        CHECK(got.header("Content-Type") == "application/yaml");
        CHECK(got.body.starts_with("openapi: 3."));
    }
}

#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

/// Settings with a second series, whose set is apart.
config::settings with_apart()
{
    auto with = live_settings();
    auto key = with.keys.front();
    key.series = "pq";
    key.key.kid = "pq-1";
    key.key.alg = "ML-DSA-44";
    key.key.material = core::crypto::generate(core::key_family::ml_dsa_44, 0).value();
    key.is_apart = true;
    with.keys.push_back(key);
    return with;
}

config::settings with_issuer(std::string issuer, config::settings with = live_settings())
{
    with.issuer = std::move(issuer);
    return with;
}

}  // namespace

TEST_SUITE("service/endpoints/published/jwks")
{
    TEST_CASE("jwks: a series that is apart has a set of its own, which is served as the main one")
    {
        live_service running(with_apart());
        auto const main = get(running.port(), "/.well-known/jwks.json");
        CHECK(main.body.find("pq-1") == std::string::npos);
        auto const got = get(running.port(), "/.well-known/jwks/pq.json?v=2");
        CHECK(got.status == 200);
        CHECK(got.body.find(R"("kid":"pq-1")") != std::string::npos);
        CHECK(got.body.find(R"("kty":"EC")") == std::string::npos);
        CHECK(got.body.find(R"("priv")") == std::string::npos);
        for (std::string_view name :
             {"Content-Type", "Cache-Control", "Access-Control-Allow-Origin"})
            CHECK(got.header(name) == main.header(name));
        CHECK(got.header("ETag") != main.header("ETag"));
        auto const condition = "If-None-Match: " + got.header("ETag") + "\r\n";
        CHECK(get(running.port(), "/.well-known/jwks/pq.json", condition).status == 304);
        CHECK(get(running.port(), "/.well-known/jwks.json", condition).status == 200);
        connection to(running.port());
        to.send("HEAD /.well-known/jwks/pq.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
        auto const head = to.receive(true);
        CHECK(head.status == 200);
        CHECK(head.header("Content-Length") == std::to_string(got.body.size()));
        auto const other = ask(running.port(), post_text("/.well-known/jwks/pq.json", "{}"));
        CHECK(other.status == 405);
        CHECK(other.header("Allow") == "GET, HEAD");
    }

    TEST_CASE("jwks: only a series that is apart has a set of its own")
    {
        live_service running(with_apart());
        for (std::string_view path :
             {"/.well-known/jwks/sig.json", "/.well-known/jwks/other.json",
              "/.well-known/jwks/.json", "/.well-known/jwks/pq", "/.well-known/jwks/pq.json/",
              "/.well-known/jwks/x/pq.json", "/.well-known/jwks/{series}.json",
              "/.well-known/jwks/%70q.json", "/jwks/pq.json"}) {
            CAPTURE(path);
            CHECK(get(running.port(), path).status == 404);
        }
        auto with = with_apart();
        with.server.listen[0].endpoints = {};
        with.server.listen[0].endpoints.add(config::endpoint::discovery);
        live_service closed(with);
        CHECK(get(closed.port(), "/.well-known/jwks/pq.json").status == 404);
        CHECK(get(closed.admin_port(), "/.well-known/jwks/pq.json").status == 404);
    }

    TEST_CASE("jwks: under the issuer's path, and without it behind a proxy that removes it")
    {
        for (std::string const slash : {"", "/"}) {
            live_service running(with_issuer("https://h.example/a/tokens" + slash, with_apart()));
            for (std::string_view path :
                 {"/a/tokens/.well-known/jwks.json", "/a/tokens/.well-known/jwks/pq.json",
                  "/.well-known/jwks.json", "/.well-known/jwks/pq.json"}) {
                CAPTURE(path);
                CHECK(get(running.port(), path).status == 200);
                CHECK(get(running.port(), std::string(path) + "?cache=1").status == 200);
            }
            for (std::string_view path :
                 {"/tokens/.well-known/jwks.json", "/a/.well-known/jwks.json",
                  "/a/tokensX/.well-known/jwks.json", "/a/tokens/jwks.json", "/a/tokens",
                  "/a/tokens/", "/a/tokens/verify", "/.well-known/jwks.json/a/tokens"}) {
                CAPTURE(path);
                CHECK(get(running.port(), path).status == 404);
            }
        }
    }

    TEST_CASE("jwks: metrics know one label for all sets of series")
    {
        live_service running(with_issuer("https://h.example/t", with_apart()));
        get(running.port(), "/t/.well-known/jwks.json");
        get(running.port(), "/t/.well-known/jwks/pq.json");
        get(running.port(), "/.well-known/jwks/pq.json");
        auto const text = get(running.admin_port(), "/metrics").body;
        CHECK(text.find(R"({route="/.well-known/jwks.json",status="200"} 1)") != std::string::npos);
        CHECK(
            text.find(R"({route="/.well-known/jwks/{series}.json",status="200"} 2)")
            != std::string::npos
        );
    }

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

    TEST_CASE("discovery: where an issuer with a path has its documents")
    {
        for (std::string const slash : {"", "/"}) {
            live_service running(with_issuer("https://h.example/tokens" + slash));
            for (std::string const name : {"openid-configuration", "oauth-authorization-server"}) {
                auto const root = "/.well-known/" + name;
                for (auto const& path :
                     {"/tokens" + root, root + "/tokens", root + "/tokens/", root, root + "?x=1"}) {
                    CAPTURE(path);
                    auto const got = get(running.port(), path);
                    CHECK(got.status == 200);
                    CHECK(member(got, "issuer") == "https://h.example/tokens" + slash);
                    CHECK(
                        member(got, "jwks_uri") == "https://h.example/tokens/.well-known/jwks.json"
                    );
                }
                for (auto const& path :
                     {root + "/other", root + "/tokens/x", root + "/tokens//", root + "tokens",
                      "/tokens" + root + "/tokens", "/tokens" + root + "/", "/other" + root}) {
                    CAPTURE(path);
                    CHECK(get(running.port(), path).status == 404);
                }
                // a client that does not remove the issuer's slash asks so
                CHECK(get(running.port(), "/tokens/" + root).status == (slash.empty() ? 404 : 200));
            }
        }
    }

    TEST_CASE("discovery: an issuer's path hides no route, and nothing is served below an endpoint")
    {
        for (std::string const path : {"/auth", "/sign", "/verify/batch", "/.well-known"}) {
            CAPTURE(path);
            live_service running(with_issuer("https://h.example" + path));
            CHECK(get(running.port(), "/auth").status == 503);  // it has no profile here
            CHECK(get(running.port(), "/sign").status == 405);
            CHECK(get(running.port(), "/verify/batch").status == 405);
            CHECK(get(running.port(), "/.well-known/openid-configuration").status == 200);
            CHECK(
                get(running.port(), "/.well-known/oauth-authorization-server" + path).status == 200
            );
        }
        live_service running(with_issuer("https://h.example/auth/v1"));
        CHECK(get(running.port(), "/auth/v1/.well-known/openid-configuration").status == 404);
        CHECK(get(running.port(), "/auth/v1/.well-known/jwks.json").status == 404);
    }

    TEST_CASE("discovery: no empty lists, and an algorithm only if its keys are in the main set")
    {
        live_service running(with_apart());
        auto const got = get(running.port(), "/.well-known/openid-configuration");
        CHECK(
            got.body
            == R"({"issuer":"https://tokens.example.com","jwks_uri":"https://tokens.example.com/.well-known/jwks.json",)"
               R"("response_types_supported":["id_token"],"subject_types_supported":["public"],)"
               R"("id_token_signing_alg_values_supported":["ES256"]})"
        );
        auto with = live_settings();
        with.keys.front().in_jwks = false;
        live_service hidden(with);
        CHECK(
            get(hidden.port(), "/.well-known/openid-configuration").body.find("[]")
            == std::string::npos
        );
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
        for (std::string const issuer : {"urn:signet:dev", "https://h.example/?tenant=1"}) {
            with.issuer = issuer;
            live_service running(with);
            CHECK(get(running.port(), "/.well-known/openid-configuration").status == 404);
        }
    }
}

TEST_SUITE("service/endpoints/admin/keys")
{
    TEST_CASE("keys: states and kids on the admin listener, nothing of the keys themselves")
    {
        live_service running;
        auto const got = get(running.admin_port(), "/keys");
        CHECK(got.status == 200);
        auto const& kid = running.app().shared().settings()->keys[0].key.kid;
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

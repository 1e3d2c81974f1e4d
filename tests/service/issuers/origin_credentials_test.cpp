#include "config/sections/fetch_headers.hpp"
#include "service/issuers/origin_credentials.hpp"
#include "service/runtime/startup_error.hpp"
#include "tests/config/sample.hpp"
#include "tests/service/net/python_origin.hpp"

#include <doctest/doctest.h>

using namespace service;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

config::issuer_settings issuer_at(std::string uri)
{
    config::issuer_settings issuer;
    issuer.name = "corp";
    issuer.issuer = "https://id.example";
    issuer.fetch.emplace().jwks_uri = std::move(uri);
    return issuer;
}

config::fetch_header secret(std::string name, std::string value)
{
    config::fetch_header made;
    made.name = std::move(name);
    made.value = std::move(value);
    made.is_credential = true;
    return made;
}

/// An issuer whose metadata may name other places, with a token in a file and a header of each kind.
struct bench {
    bench()
    {
        issuer.fetch->headers.push_back(config::bearer_header(where.path("token")));
        config::fetch_header public_one;
        public_one.name = "X-Tenant";
        public_one.value = "a";
        issuer.fetch->headers.push_back(public_one);
        issuer.fetch->headers.push_back(secret("X-Key", "s3cret"));
        issuer.fetch->credentials_to = {"keys.example:6443"};
        where.write("token", "first\n");
    }
    origin_credentials::set sent(std::string const& url)
    {
        if (!credentials)
            credentials.emplace(issuer, nullptr);
        return credentials->for_fetch(url);
    }

    sample::folder where;
    config::issuer_settings issuer = issuer_at("");
    std::optional<origin_credentials> credentials;
};

/// A client's certificate and key, of the origin that tests use.
void write_identity(sample::folder const& where, std::string_view certificate, std::string_view key)
{
    auto const& origin = tests::python_origin::get();
    where.write("client.pem", origin.file(std::string(certificate)));
    where.write("client.key", origin.file(std::string(key)));
}

}  // namespace

TEST_SUITE("service/issuers/origin_credentials")
{
    TEST_CASE("for_fetch: the configured origin and credentials_to get everything")
    {
        bench b;
        headers const all{
            {"Authorization", "Bearer first"}, {"X-Tenant", "a"}, {"X-Key", "s3cret"}};
        for (auto const* url :
             {"https://id.example/.well-known/openid-configuration", "https://id.example/jwks",
              "https://keys.example:6443/jwks"}) {
            auto const got = b.sent(url);
            CHECK(got.headers == all);
            CHECK(!got.are_withheld);
            CHECK(got.problem.empty());
        }
    }

    TEST_CASE("for_fetch: any other place gets only what everybody may know")
    {
        bench b;
        for (auto const* url :
             {"https://keys.example/jwks", "https://id.example:8443/jwks", "http://id.example/jwks",
              "https://evil.example/jwks", "not a URL"}) {
            auto const got = b.sent(url);
            CHECK(got.headers == headers{{"X-Tenant", "a"}});
            CHECK(got.are_withheld);
        }
        b.issuer.fetch->headers.resize(2);
        b.issuer.fetch->headers.erase(b.issuer.fetch->headers.begin());
        b.credentials.reset();
        CHECK(!b.sent("https://evil.example/jwks").are_withheld);
    }

    TEST_CASE("for_fetch: a file is read each time, and what is wrong with it is told")
    {
        bench b;
        CHECK(b.sent("https://id.example/jwks").headers[0].second == "Bearer first");
        b.where.write("token.new", "second");
        std::filesystem::rename(b.where.path("token.new"), b.where.path("token"));
        CHECK(b.sent("https://id.example/jwks").headers[0].second == "Bearer second");
        b.where.write("token", "two words");
        CHECK(
            b.sent("https://id.example/jwks").problem
            == "The file of bearer_file cannot be used: it must hold only the token, without "
               "spaces: "
               "`Bearer ` is added."
        );
        std::filesystem::remove(b.where.path("token"));
        CHECK(b.sent("https://id.example/jwks")
                  .problem.starts_with("The file of bearer_file cannot be used: it cannot be read")
        );
        CHECK(b.sent("https://evil.example/jwks").problem.empty());
    }

    TEST_CASE("for_fetch: plain http to this machine, and not when a far proxy is between")
    {
        auto issuer = issuer_at("http://127.0.0.1:1/jwks");
        issuer.fetch->headers.push_back(secret("X-Key", "s3cret"));
        CHECK(
            origin_credentials(issuer, nullptr).for_fetch("http://127.0.0.1:1/jwks").headers.size()
            == 1
        );
        issuer.fetch->proxy_url = "http://127.0.0.1:3128";
        CHECK(
            origin_credentials(issuer, nullptr).for_fetch("http://127.0.0.1:1/jwks").headers.size()
            == 1
        );
        issuer.fetch->proxy_url = "http://proxy:3128";
        CHECK(origin_credentials(issuer, nullptr).for_fetch("http://127.0.0.1:1/jwks").are_withheld
        );
    }

    TEST_CASE("has_files: only where a fetch reads one")
    {
        auto issuer = issuer_at("https://id.example/jwks");
        issuer.fetch->headers.push_back(secret("X-Key", "s3cret"));
        CHECK(!origin_credentials(issuer, nullptr).has_files());
        issuer.fetch->headers.push_back(config::bearer_header("/nowhere"));
        CHECK(origin_credentials(issuer, nullptr).has_files());
    }

    TEST_CASE("for_fetch: our certificate only for places that may know us, and read each time")
    {
        sample::folder const where;
        write_identity(where, "client.pem", "client.key");
        auto issuer = issuer_at("");
        auto& from = *issuer.fetch;
        from.ca_file = tests::python_origin::get().file("ca.pem");
        from.client_cert = where.path("client.pem");
        from.client_key = where.path("client.key");
        origin_credentials credentials(issuer, nullptr);
        auto const known = credentials.for_fetch("https://id.example/jwks");
        auto const unknown = credentials.for_fetch("https://keys.example/jwks");
        CHECK(known.tls != nullptr);
        CHECK(unknown.tls != nullptr);
        CHECK(known.tls != unknown.tls);
        CHECK(unknown.are_withheld);
        CHECK(credentials.for_fetch("https://id.example/jwks").tls == known.tls);

        write_identity(where, "https.pem", "client.key");  // half replaced
        auto const half = credentials.for_fetch("https://id.example/jwks");
        CHECK(
            half.problem == "client_key: The private key does not belong to the client certificate."
        );
        write_identity(where, "https.pem", "https.key");
        auto const renewed = credentials.for_fetch("https://id.example/jwks");
        CHECK(renewed.problem.empty());
        CHECK(renewed.tls != known.tls);
        where.write("client.key", "s3cret", 0644);
        CHECK(credentials.for_fetch("https://id.example/jwks")
                  .problem.starts_with("The file of client_key cannot be used: it is accessible"));
    }

    TEST_CASE("at the start: a certificate and a key that do not match are a startup error")
    {
        sample::folder const where;
        write_identity(where, "client.pem", "https.key");
        auto issuer = issuer_at("https://id.example/jwks");
        issuer.fetch->client_cert = where.path("client.pem");
        issuer.fetch->client_key = where.path("client.key");
        CHECK_THROWS_AS(origin_credentials(issuer, nullptr), startup_error);
    }
}

#include "core/issuers/discovery.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

constexpr std::string_view issuer = "https://id.example.com";

std::string document(std::string_view of, std::string_view jwks_uri)
{
    return R"({"issuer":")" + std::string(of) + R"(","jwks_uri":")" + std::string(jwks_uri)
        + R"(","response_types_supported":["code"]})";
}

std::string url(std::string_view of, metadata_form form)
{
    auto const made = metadata_url(of, form);
    REQUIRE_MESSAGE(made.has_value(), of);
    return *made;
}

/// The sentence of the refusal; empty when the document was accepted.
std::string refusal(std::string text, metadata_policy const& policy)
{
    auto const read = read_jwks_uri(std::move(text), policy);
    if (read)
        return {};
    CHECK(read.error() == errc::keys_unavailable);
    return read.error().detail;
}

}  // namespace

TEST_SUITE("core/issuers/discovery")
{
    TEST_CASE("metadata_url: openid -> appended to the issuer less one slash at its end")
    {
        auto const form = metadata_form::openid;
        CHECK(url(issuer, form) == "https://id.example.com/.well-known/openid-configuration");
        CHECK(
            url("https://id.example.com/", form)
            == "https://id.example.com/.well-known/openid-configuration"
        );
        CHECK(
            url("https://id.example.com/issuer1", form)  // the specification's own example
            == "https://id.example.com/issuer1/.well-known/openid-configuration"
        );
        CHECK(
            url("https://id.example.com/tenant/", form)
            == "https://id.example.com/tenant/.well-known/openid-configuration"
        );
    }

    TEST_CASE("metadata_url: oauth -> inserted between host and path")
    {
        auto const form = metadata_form::oauth;
        CHECK(url(issuer, form) == "https://id.example.com/.well-known/oauth-authorization-server");
        CHECK(
            url("https://example.com/issuer1", form)  // RFC 8414 section 3.1's own example
            == "https://example.com/.well-known/oauth-authorization-server/issuer1"
        );
        CHECK(
            url("https://id.example.com:8443/a/b/", form)
            == "https://id.example.com:8443/.well-known/oauth-authorization-server/a/b"
        );
    }

    TEST_CASE("metadata_url: an issuer that is not a URL, or has a query or fragment -> "
              "keys_unavailable")
    {
        for (auto const text :
             {"", "corp", "urn:issuer", "file:///etc", "https://id.example.com?a",
              "https://id.example.com/#a", "https://id.example.com/?a=/b"}) {
            auto const made = metadata_url(text, metadata_form::openid);
            REQUIRE_MESSAGE(!made.has_value(), text);
            CHECK(made.error() == errc::keys_unavailable);
        }
    }

    TEST_CASE("read_jwks_uri: the issuer's own document -> its jwks_uri as it was written")
    {
        auto const read =
            read_jwks_uri(document(issuer, "https://id.example.com/keys?v=1"), {.issuer = issuer});
        REQUIRE(read.has_value());
        CHECK(*read == "https://id.example.com/keys?v=1");
    }

    TEST_CASE("read_jwks_uri: an issuer that differs in one octet -> refused")
    {
        for (auto const other :
             {"https://id.example.com/", "https://ID.example.com", "http://id.example.com",
              "https://id.example.co", ""})
            CHECK_MESSAGE(
                refusal(document(other, "https://id.example.com/keys"), {.issuer = issuer})
                    == "The metadata document belongs to another issuer.",
                other
            );
    }

    TEST_CASE("read_jwks_uri: no JSON object, or one that says too little -> refused")
    {
        metadata_policy const policy{.issuer = issuer};
        for (auto const text : {"", "<html>", "[]", "null", R"({"issuer":"a","issuer":"b"})"})
            CHECK_MESSAGE(
                refusal(text, policy) == "The metadata document is not a JSON object.", text
            );
        CHECK(refusal("{}", policy) == "The metadata document has no issuer.");
        CHECK(refusal(R"({"issuer":["x"]})", policy) == "The metadata document has no issuer.");
        for (auto const text :
             {R"({"issuer":"https://id.example.com"})",
              R"({"issuer":"https://id.example.com","jwks_uri":null})"})
            CHECK(refusal(text, policy) == "The metadata document has no jwks_uri.");
    }

    TEST_CASE("read_jwks_uri: a jwks_uri of another scheme -> refused")
    {
        for (auto const uri :
             {"file:///etc/passwd", "/keys", "data:,x", "", "https://a@id.example.com/keys"})
            CHECK_MESSAGE(
                refusal(document(issuer, uri), {.issuer = issuer})
                    == "The jwks_uri is not an absolute http or https URL.",
                uri
            );
    }

    TEST_CASE("read_jwks_uri: plain http -> refused, unless the issuer allows it")
    {
        auto const text = document(issuer, "http://id.example.com/keys");
        CHECK(
            refusal(text, {.issuer = issuer})
            == "The jwks_uri is plain http, which is not allowed for this issuer."
        );
        CHECK(refusal(text, {.issuer = issuer, .allow_http = true}).empty());
    }

    TEST_CASE("read_jwks_uri: plain http on loopback -> taken")
    {
        constexpr std::string_view local = "http://127.0.0.1:9000";
        CHECK(refusal(document(local, "http://127.0.0.1:9001/keys"), {.issuer = local}).empty());
    }

    TEST_CASE("read_jwks_uri: another host -> refused, unless it is listed")
    {
        std::vector<std::string> const hosts{"keys.example.net", "WWW.example.org"};
        metadata_policy const policy{.issuer = issuer, .jwks_hosts = hosts};
        auto const foreign = [&](std::string_view uri) {
            return refusal(document(issuer, uri), policy)
                == "The jwks_uri is on a host that is neither the issuer's nor listed.";
        };
        CHECK(foreign("https://evil.example.com/keys"));
        CHECK(foreign("https://id.example.com.evil.test/keys"));
        CHECK(foreign("https://a.keys.example.net/keys"));
        CHECK(foreign("https://169.254.169.254/keys"));
        CHECK(!foreign("https://keys.example.net/keys"));
        CHECK(!foreign("https://www.example.org/keys"));
        CHECK(!foreign("https://ID.example.com:8443/keys"));
    }
}

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

/// Why the document is refused; empty when it was accepted.
std::string refusal(std::string text, metadata_policy const& policy)
{
    auto read = read_metadata(std::move(text), policy);
    CHECK(read.jwks_uri.empty() != read.problem.empty());
    return std::move(read.problem);
}

bool says(std::string const& problem, std::string_view part)
{
    return problem.find(part) != std::string::npos;
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

    TEST_CASE("read_metadata: the issuer's own document -> its jwks_uri as it was written")
    {
        auto const read =
            read_metadata(document(issuer, "https://id.example.com/keys?v=1"), {.issuer = issuer});
        CHECK(read.problem.empty());
        CHECK(read.jwks_uri == "https://id.example.com/keys?v=1");
    }

    TEST_CASE(
        "read_metadata: another issuer, by however little -> refused, and says which and how it "
        "differs"
    )
    {
        auto const problem = [](std::string_view said, std::string_view configured = issuer) {
            return refusal(document(said, "https://id.example.com/keys"), {.issuer = configured});
        };
        for (auto const other : {"http://id.example.com", "https://id.example.co", ""})
            CHECK(
                problem(other)
                == "The metadata document belongs to another issuer, \"" + std::string(other)
                    + "\"."
            );
        auto const with_slash = problem("https://id.example.com/");
        CHECK(says(with_slash, "\"https://id.example.com/\", with a slash at its end"));
        auto const without = problem(issuer, "https://id.example.com/");
        CHECK(says(without, "\"https://id.example.com\", without the slash"));
        CHECK(says(problem("https://ID.example.com"), "in upper and lower case"));
        auto const tenants = problem("https://login.example.com/{tenantid}/v2.0");
        CHECK(says(tenants, "a template, \"https://login.example.com/{tenantid}/v2.0\""));
        CHECK(says(tenants, "one tenant"));
        CHECK(!says(problem("https://id.example.com/}{"), "template"));
    }

    TEST_CASE("read_metadata: what a stranger wrote -> is cut, and shown in printable ASCII")
    {
        auto const problem = refusal(
            R"({"issuer":"x\u001b[2J\"\n\u00e9)" + std::string(500, 'y') + "\"}", {.issuer = issuer}
        );
        CHECK(says(problem, "\"x?[2J????yyy"));
        CHECK(says(problem, "y...\"."));
        CHECK(problem.size() < 300);
    }

    TEST_CASE("read_metadata: no JSON object, or one that says too little -> refused")
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

    TEST_CASE("read_metadata: a jwks_uri of another scheme -> refused")
    {
        for (auto const uri :
             {"file:///etc/passwd", "/keys", "data:,x", "", "https://a@id.example.com/keys"})
            CHECK(
                refusal(document(issuer, uri), {.issuer = issuer})
                == "The metadata's jwks_uri is \"" + std::string(uri)
                    + "\", which is not an absolute http or https URL."
            );
    }

    TEST_CASE("read_metadata: plain http -> refused, unless the issuer allows it")
    {
        auto const text = document(issuer, "http://id.example.com/keys");
        auto const problem = refusal(text, {.issuer = issuer});
        CHECK(says(problem, "\"http://id.example.com/keys\", which is plain http"));
        CHECK(says(problem, "allow_insecure_http"));
        CHECK(refusal(text, {.issuer = issuer, .allow_http = true}).empty());
    }

    TEST_CASE("read_metadata: plain http on loopback -> taken")
    {
        constexpr std::string_view local = "http://127.0.0.1:9000";
        CHECK(refusal(document(local, "http://127.0.0.1:9001/keys"), {.issuer = local}).empty());
    }

    TEST_CASE("read_metadata: another host -> refused, unless it is listed")
    {
        std::vector<std::string> const hosts{"keys.example.net", "WWW.example.org"};
        metadata_policy const policy{.issuer = issuer, .jwks_hosts = hosts};
        auto const foreign = [&](std::string_view uri) {
            return says(
                refusal(document(issuer, uri), policy),
                "which is neither the issuer's nor in jwks_hosts"
            );
        };
        CHECK(foreign("https://evil.example.com/keys"));
        CHECK(foreign("https://id.example.com.evil.test/keys"));
        CHECK(foreign("https://a.keys.example.net/keys"));
        auto const problem =
            refusal(document(issuer, "https://Keys.example.com:8443/k"), {.issuer = issuer});
        CHECK(says(problem, "on the host \"keys.example.com\""));
        CHECK(says(problem, "jwks_hosts: [\"keys.example.com\"]."));
        CHECK(foreign("https://169.254.169.254/keys"));
        CHECK(!foreign("https://keys.example.net/keys"));
        CHECK(!foreign("https://www.example.org/keys"));
        CHECK(!foreign("https://ID.example.com:8443/keys"));
    }
}

#include "core/base/http_url.hpp"
#include "core/issuers/discovery.hpp"
#include "service/endpoints/published/places.hpp"

#include <doctest/doctest.h>

using namespace service::published;

namespace {

config::settings of_issuer(std::string issuer)
{
    config::settings made;
    made.issuer = std::move(issuer);
    return made;
}

/// The path that a follower of the issuer asks for.
std::string asked_for(std::string const& issuer, core::metadata_form form)
{
    auto const url = core::metadata_url(issuer, form);
    REQUIRE(url.has_value());
    return core::parse_http_url(*url).value().target;
}

}  // namespace

TEST_SUITE("service/endpoints/published/places")
{
    TEST_CASE("places: metadata is where our own follower looks for it, whatever the path")
    {
        for (std::string const issuer :
             {"https://h/tokens", "https://h/tokens/", "https://h/a/b.c/d~e/",
              "https://h:8443/%20"}) {
            CAPTURE(issuer);
            auto const with = of_issuer(issuer);
            CHECK(is_openid_configuration(asked_for(issuer, core::metadata_form::openid), with));
            CHECK(is_oauth_metadata(asked_for(issuer, core::metadata_form::oauth), with));
        }
    }

    TEST_CASE("places: an issuer that is no URL, or has a query, has no places")
    {
        for (std::string const issuer : {"urn:a/tokens", "https://h/tokens?x", ""}) {
            auto const with = of_issuer(issuer);
            CHECK(!is_openid_configuration("/tokens/.well-known/openid-configuration", with));
            CHECK(!is_oauth_metadata("/.well-known/oauth-authorization-server/tokens", with));
            CHECK(!is_jwks("/tokens/.well-known/jwks.json", with));
        }
    }

    TEST_CASE("series_in: the name of a set, and nothing of another path")
    {
        CHECK(series_in("/.well-known/jwks/pq.json") == "pq");
        CHECK(series_in("/tokens/.well-known/jwks/a-b_c.json") == "a-b_c");
        CHECK(series_in("/.well-known/jwks/pq") == "");
        CHECK(series_in("/.well-known/jwks/.json") == "");
        CHECK(series_in("") == "");
    }
}

#include "core/issuers/credential_places.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

credential_places places_of(std::string_view origin, std::vector<std::string> more = {})
{
    return {*parse_http_url(origin), std::move(more)};
}

bool may_go(std::string_view to, credential_places const& places)
{
    auto const url = parse_http_url(to);
    REQUIRE(url);
    return may_have_credentials(*url, places);
}

}  // namespace

TEST_SUITE("core/issuers/credential_places")
{
    TEST_CASE("may_have_credentials: any path of the configured origin, which is scheme, host, port"
    )
    {
        auto const places = places_of("https://id.example:6443/openid/v1/jwks");
        CHECK(may_go("https://id.example:6443/openid/v1/jwks", places));
        CHECK(may_go("https://ID.example:6443/.well-known/openid-configuration", places));
        CHECK(!may_go("https://id.example/openid/v1/jwks", places));
        CHECK(!may_go("http://id.example:6443/openid/v1/jwks", places));
        CHECK(!may_go("https://keys.id.example:6443/jwks", places));
        CHECK(!may_go("https://id.example.evil:6443/jwks", places));
        CHECK(!may_go("https://10.0.0.1:6443/jwks", places));
    }

    TEST_CASE("may_have_credentials: further places have a host and a port, which is 443 by default"
    )
    {
        auto const places =
            places_of("https://id.example", {"Keys.example", "10.0.0.1:6443", "[fd00::1]:8443"});
        CHECK(may_go("https://keys.example/jwks", places));
        CHECK(may_go("https://10.0.0.1:6443/jwks", places));
        CHECK(may_go("https://[fd00::1]:8443/jwks", places));
        CHECK(!may_go("https://keys.example:8443/jwks", places));
        CHECK(!may_go("https://10.0.0.1/jwks", places));
        CHECK(!may_go("https://[fd00::1]/jwks", places));
        CHECK(!may_go("http://keys.example:443/jwks", places));
        CHECK(!may_go("https://other.example/jwks", places));
    }

    TEST_CASE("may_have_credentials: plain http only on this machine, and not through a far proxy")
    {
        auto places = places_of("http://127.0.0.1:8080/jwks", {"localhost:8081"});
        CHECK(may_go("http://127.0.0.1:8080/jwks", places));
        CHECK(may_go("http://localhost:8081/jwks", places));
        CHECK(!may_go("http://127.0.0.1:8081/jwks", places));
        places.has_far_proxy = true;
        CHECK(!may_go("http://127.0.0.1:8080/jwks", places));
        CHECK(!may_go("http://id.example/jwks", places_of("http://id.example/jwks")));
        CHECK(!is_secret_way(*parse_http_url("http://10.0.0.1/"), false));
    }

    TEST_CASE("parse_credential_place: a host, with a port or without, and nothing else")
    {
        CHECK(parse_credential_place("id.example")->port == 443);
        CHECK(parse_credential_place("ID.example:8443")->host == "id.example");
        for (auto const* text :
             {"", "https://id.example", "id.example/", "id.example/x", "id.example?",
              "a@id.example", "id.example:", "id.example:0", "id.example:65536", "*.id.example",
              "id example"})
            CHECK_MESSAGE(!parse_credential_place(text), text);
    }
}

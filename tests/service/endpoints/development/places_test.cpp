#include "service/endpoints/development/places.hpp"

#include <doctest/doctest.h>

using namespace service::development;

TEST_SUITE("service/endpoints/development/places")
{
    TEST_CASE("places: below the path of a development issuer, and nowhere else")
    {
        config::settings with;
        with.development.issuers = {{.name = "acme"}};
        CHECK(is_sign("/dev/acme/sign", with));
        CHECK(is_rotate("/dev/acme/rotate", with));
        CHECK(is_jwks("/dev/acme/.well-known/jwks.json", with));
        CHECK(is_openid_configuration("/dev/acme/.well-known/openid-configuration", with));
        CHECK(is_oauth_metadata("/dev/acme/.well-known/oauth-authorization-server", with));
        CHECK(is_oauth_metadata("/.well-known/oauth-authorization-server/dev/acme", with));
        for (std::string_view path :
             {"/dev/other/sign", "/dev/acme/sign/", "/dev/acme", "/dev//sign", "/dev/", "/dev", "",
              "/dev/acme/x/sign", "/Dev/acme/sign", "/x/dev/acme/sign"}) {
            CAPTURE(path);
            CHECK(!is_sign(path, with));
        }
        CHECK(!is_oauth_metadata("/.well-known/oauth-authorization-server", with));
        CHECK(!is_oauth_metadata("/.well-known/oauth-authorization-server/dev/acme/", with));
        CHECK(!is_sign("/dev/acme/sign", config::settings{}));
    }

    TEST_CASE("name_in: the segment after /dev/, also at the end of the path of metadata")
    {
        CHECK(name_in("/dev/acme/sign") == "acme");
        CHECK(name_in("/.well-known/oauth-authorization-server/dev/acme") == "acme");
        CHECK(name_in("/dev") == "");
    }
}

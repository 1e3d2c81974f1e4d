#include "service/http/kid_path.hpp"

#include <doctest/doctest.h>

using service::http::is_kid_path;
using service::http::kid_in_path;
using service::http::path_of_kid;

TEST_SUITE("service/http/kid_path")
{
    TEST_CASE("kid_in_path: gives the kid that path_of_kid was given, whatever it is")
    {
        config::settings const none;
        std::string all;
        for (int i = 0; i < 256; ++i)
            all.push_back(static_cast<char>(i));
        for (std::string const& kid : {std::string("a"), std::string("2026-11 #1/2?"), all}) {
            auto const path = path_of_kid(kid);
            CHECK(is_kid_path(path, none));
            CHECK(kid_in_path(path) == kid);
        }
    }

    TEST_CASE(
        "kid_in_path: empty, too long, with a wrong encoding or a character that must be encoded "
        "-> none"
    )
    {
        for (std::string const path :
             {"/keys//revoke", "/keys/%/revoke", "/keys/%2/revoke", "/keys/%zz/revoke",
              "/keys/a b/revoke", "/keys/{kid}/revoke", "/keys/a/b/revoke", "/keys/a"})
            CHECK(!kid_in_path(path));
        CHECK(kid_in_path("/keys/" + std::string(256, 'a') + "/revoke"));
        CHECK(!kid_in_path("/keys/" + std::string(257, 'a') + "/revoke"));
    }

    TEST_CASE("is_kid_path: one segment between its ends")
    {
        config::settings const none;
        CHECK(is_kid_path("/keys/a/revoke", none));
        for (auto const* path :
             {"/keys/rotate", "/keys//revoke", "/keys/a/b/revoke", "/keys/a/revoke/",
              "/keysa/revoke", "/x/keys/a/revoke"})
            CHECK(!is_kid_path(path, none));
    }
}

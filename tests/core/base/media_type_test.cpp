#include "core/base/media_type.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/media_type")
{
    TEST_CASE("same_header_type: without case, and application/ may be left out")
    {
        CHECK(same_header_type("at+jwt", "AT+JWT"));
        CHECK(same_header_type("Application/at+jwt", "at+jwt"));
        CHECK(same_header_type("JWT", "APPLICATION/jwt"));
        CHECK(same_header_type("application/jwt", "Application/JWT"));
        CHECK_FALSE(same_header_type("jwt", "at+jwt"));
        CHECK_FALSE(same_header_type("", "application/"));
    }

    TEST_CASE("same_header_type: another type, or a further slash, is not left out")
    {
        CHECK_FALSE(same_header_type("text/jwt", "jwt"));
        CHECK_FALSE(same_header_type("application/x/at+jwt", "x/at+jwt"));
        CHECK_FALSE(same_header_type("application/application/jwt", "application/jwt"));
        CHECK(same_header_type("application/x/Y", "Application/X/y"));
    }

    TEST_CASE("same_media_type: both are written in full")
    {
        CHECK(same_media_type("Application/JSON", "application/json"));
        CHECK_FALSE(same_media_type("json", "application/json"));
    }
}

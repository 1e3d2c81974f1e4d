#include "core/jws/admitted_types.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/jws/admitted_types")
{
    TEST_CASE(
        "typ_is_admitted: case and an application/ prefix do not matter, none admits an absent typ"
    )
    {
        CHECK(typ_is_admitted("at+jwt", {"at+jwt"}));
        CHECK(typ_is_admitted("application/AT+JWT", {"at+jwt"}));
        CHECK(typ_is_admitted("at+jwt", {"application/at+jwt"}));
        CHECK(!typ_is_admitted("jwt", {"at+jwt"}));
        CHECK(!typ_is_admitted("application/x/at+jwt", {"at+jwt"}));
        CHECK(!typ_is_admitted(std::nullopt, {"JWT"}));
        CHECK(typ_is_admitted(std::nullopt, {"JWT", "none"}));
    }

    TEST_CASE(
        "typ_is_admitted: a typ that is called none is never admitted, however none is written"
    )
    {
        for (auto const* entry : {"none", "None", "NONE", "application/none", "Application/NONE"}) {
            CAPTURE(entry);
            for (auto const* typ : {"none", "NONE", "application/none"})
                CHECK(!typ_is_admitted(typ, {entry}));
            CHECK(typ_is_admitted(std::nullopt, {entry}) == (std::string_view(entry) == "none"));
            CHECK(is_misspelt_none(entry) == (std::string_view(entry) != "none"));
        }
        CHECK(!is_misspelt_none("nonesuch"));
        CHECK(!is_misspelt_none("JWT"));
    }
}

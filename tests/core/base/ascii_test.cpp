#include "core/base/ascii.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/ascii")
{
    TEST_CASE("equal_without_case: only the case of ASCII letters is ignored")
    {
        CHECK(equal_without_case("nOnE", "none"));
        CHECK(equal_without_case("", ""));
        CHECK_FALSE(equal_without_case("none", "non"));
        CHECK_FALSE(equal_without_case("[", "{"));  // they differ in the same bit as 'A' and 'a'
        CHECK_FALSE(equal_without_case("@", "`"));
        CHECK_FALSE(equal_without_case("\xc3\x84", "\xc3\xa4"));  // Ä, ä
    }
}

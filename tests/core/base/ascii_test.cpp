#include "core/base/ascii.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/ascii")
{
    TEST_CASE("equal_without_case: ASCII's letters alone are folded")
    {
        CHECK(equal_without_case("nOnE", "none"));
        CHECK(equal_without_case("", ""));
        CHECK_FALSE(equal_without_case("none", "non"));
        CHECK_FALSE(equal_without_case("[", "{"));  // a bit apart, as 'A' and 'a' are
        CHECK_FALSE(equal_without_case("@", "`"));
        CHECK_FALSE(equal_without_case("\xc3\x84", "\xc3\xa4"));  // Ä, ä
    }
}

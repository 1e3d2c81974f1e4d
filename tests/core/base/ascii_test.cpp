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

    TEST_CASE("starts_without_case: a text shorter than the prefix does not begin with it")
    {
        CHECK(starts_without_case("Bearer x", "bearer "));
        CHECK(starts_without_case("bearer ", "Bearer "));
        CHECK_FALSE(starts_without_case("Bearer", "Bearer "));
        CHECK(starts_without_case("", ""));
    }

    TEST_CASE("trimmed: only characters of the given set, at both ends")
    {
        CHECK(trimmed(" \t a b\t", http_space) == "a b");
        CHECK(trimmed(" \t a\r\n", http_space) == "a\r\n");
        CHECK(trimmed(" \n a b\r\n", text_space) == "a b");
        CHECK(trimmed("a", text_space) == "a");
        CHECK(trimmed("", text_space) == "");
        CHECK(trimmed(" \n\t\r", text_space) == "");
        CHECK(trimmed(std::string_view("\0a\0", 3), text_space).size() == 3);
    }
}

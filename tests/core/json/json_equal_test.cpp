#include "core/json/json_equal.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/json/json_equal")
{
    TEST_CASE("json_equal: big integers are equal only when they are the same integer")
    {
        auto const same = [](std::string a, std::string b) {
            auto const x = json::document::parse(std::move(a)),
                       y = json::document::parse(std::move(b));
            return json_equal(x->root(), y->root());
        };
        CHECK(same("1", "1"));
        CHECK(!same("9007199254740993", "9007199254740992"));
        CHECK(!same("123456789012345678901234567890", "123456789012345678901234567891"));
        CHECK(same("1.50", "1.5"));
        CHECK(same("1", "1.0"));
        CHECK(same("1e2", "100"));
        CHECK(!same("1", "\"1\""));
        CHECK(same("[{}]", "[ { } ]"));
        CHECK(!same("[1]", "[1,2]"));
    }
}

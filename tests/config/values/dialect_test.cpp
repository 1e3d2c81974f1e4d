#include "config/values/dialect.hpp"

#include <doctest/doctest.h>

using namespace config;

TEST_SUITE("config/values/dialect")
{
    TEST_CASE("dialects: each name is that of one dialect, and no other text is")
    {
        for (auto const name : dialect_names)
            CHECK(to_string(dialect_named(name).value()) == name);
        CHECK(!dialect_named("Envoy"));
        CHECK(!dialect_named(""));
    }

    TEST_CASE("dialects: a set has what was added")
    {
        dialects some{dialect::nginx};
        CHECK(some.contains(dialect::nginx));
        CHECK(!some.contains(dialect::plain));
        some.add(dialect::envoy);
        CHECK(some == dialects{dialect::envoy, dialect::nginx});
        CHECK(!some.empty());
        CHECK(dialects{}.empty());
    }
}

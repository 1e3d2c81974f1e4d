#include "core/issuers/cache_control.hpp"

#include <doctest/doctest.h>

using core::freshness_lifetime;
using std::chrono::seconds;

namespace {

std::optional<seconds> lifetime(std::string_view field, int age = 0)
{
    return freshness_lifetime(field, seconds(age));
}

}  // namespace

TEST_SUITE("core/issuers/cache_control")
{
    TEST_CASE("freshness_lifetime: max-age -> its seconds, whatever else is in the field")
    {
        CHECK(lifetime("max-age=300") == seconds(300));
        CHECK(lifetime("public, Max-Age=86400, must-revalidate") == seconds(86400));
        CHECK(lifetime("max-age=\"60\"") == seconds(60));
        CHECK(lifetime("s-maxage=9,max-age=0") == seconds(0));
    }

    TEST_CASE("freshness_lifetime: Age -> counts as used up, never below none")
    {
        CHECK(lifetime("max-age=300", 100) == seconds(200));
        CHECK(lifetime("max-age=300", 300) == seconds(0));
        CHECK(lifetime("max-age=300", 301) == seconds(0));
        CHECK(lifetime("max-age=300", -50) == seconds(300));
    }

    TEST_CASE("freshness_lifetime: no-store or no-cache -> none, whatever max-age says")
    {
        CHECK(lifetime("no-store") == seconds(0));
        CHECK(lifetime("max-age=300, no-cache") == seconds(0));
        CHECK(lifetime("NO-STORE, max-age=300") == seconds(0));
    }

    TEST_CASE("freshness_lifetime: nothing that can be read -> nothing")
    {
        for (auto const* field :
             {"", "public", "max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=x",
              "max-age = 5", "xmax-age=5", ",,,", "max-age=\"\""}) {
            CAPTURE(field);
            CHECK(!lifetime(field));
        }
    }

    TEST_CASE("freshness_lifetime: twice -> the first; too large -> 2^31 s")
    {
        CHECK(lifetime("max-age=5, max-age=500") == seconds(5));
        CHECK(lifetime("max-age=99999999999999999999999999") == seconds(2147483648));
    }
}

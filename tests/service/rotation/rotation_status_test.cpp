#include "service/rotation/rotation_status.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using service::rotation_status;

namespace {

core::instant const noon = core::instant{} + 20'000 * 24h;

}  // namespace

TEST_SUITE("service/rotation/rotation_status")
{
    TEST_CASE("is_well: every folder and state_dir are; one that is not is enough")
    {
        rotation_status::facts facts;
        CHECK(rotation_status::is_well(facts));
        facts.rotated["a"].problem = "";
        facts.rotated["b"].problem = "cannot be read";
        CHECK(!rotation_status::is_well(facts));
        facts.rotated["b"].problem = "";
        CHECK(rotation_status::is_well(facts));
        facts.state_problem = "cannot be read";
        CHECK(!rotation_status::is_well(facts));
    }

    TEST_CASE("behind: names the series whose folder has had newer keys for over a minute")
    {
        rotation_status::facts facts;
        facts.rotated["a"].behind_since = noon;
        facts.rotated["b"].behind_since = noon + 30s;
        facts.rotated["c"];
        CHECK(rotation_status::behind(facts, noon + 60s).empty());
        CHECK(rotation_status::behind(facts, noon + 61s) == std::vector<std::string>{"a"});
        CHECK(rotation_status::behind(facts, noon + 91s) == std::vector<std::string>{"a", "b"});
    }
}

#include "service/rotation/revocations.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace {

core::instant const noon = core::instant{} + 20'000 * 24h;

}  // namespace

TEST_SUITE("service/rotation/revocations")
{
    TEST_CASE("add: only a change is a new generation, and a kid keeps its earliest moment")
    {
        service::revocations all;
        CHECK(all.now()->empty());
        CHECK(all.add({{"a", noon}}));
        auto const first = all.generation();
        CHECK(!all.add({{"a", noon + 1s}}));
        CHECK(!all.add({}));
        CHECK(all.generation() == first);
        CHECK(all.add({{"a", noon - 1s}, {"b", noon}}));
        CHECK(all.generation() != first);
        CHECK(all.now()->at("a") == noon - 1s);
        CHECK(all.now()->size() == 2);
    }
}

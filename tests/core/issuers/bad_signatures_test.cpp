#include "core/issuers/bad_signatures.hpp"

#include <doctest/doctest.h>

using core::bad_signatures;

TEST_SUITE("core/issuers/bad_signatures")
{
    TEST_CASE("settle: the same set -> what was asked for before the fetch began is refused")
    {
        bad_signatures bad;
        bad.ask(1);
        bad.begin();
        bad.ask(2);
        CHECK(!bad.is_refused(1));
        bad.settle(false);
        CHECK(bad.is_refused(1));
        CHECK(!bad.is_refused(2));
        bad.begin();
        bad.settle(false);
        CHECK(bad.is_refused(2));
    }

    TEST_CASE("settle: another set -> nothing is refused any more")
    {
        bad_signatures bad;
        for (auto const has_changed : {false, true}) {
            bad.ask(has_changed ? 2 : 1);
            bad.begin();
            bad.settle(has_changed);
        }
        CHECK(!bad.is_refused(1));
        CHECK(!bad.is_refused(2));
    }

    TEST_CASE("drop: no usable answer -> nothing is decided")
    {
        bad_signatures bad;
        bad.ask(1);
        bad.begin();
        bad.drop();
        bad.settle(false);
        CHECK(!bad.is_refused(1));
    }

    TEST_CASE("ask: any number of signatures -> as many places, and the newer one has the place")
    {
        bad_signatures bad;
        for (std::uint64_t mark = 1; mark <= 10 * bad_signatures::places; ++mark) {
            bad.ask(mark);
            bad.begin();
            bad.settle(false);
        }
        CHECK(bad.is_refused(10 * bad_signatures::places));
        CHECK(!bad.is_refused(9 * bad_signatures::places));
        CHECK(bad.refused().size() == bad_signatures::places);
    }
}

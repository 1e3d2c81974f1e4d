#include "service/callers/identity.hpp"
#include "tests/service/callers/people.hpp"

#include <doctest/doctest.h>

using namespace people;
using service::identity;

TEST_SUITE("service/callers/identity")
{
    TEST_CASE("identity: a stranger, a caller, two callers, anybody")
    {
        auto const from = on_unix(1, 1);
        auto by = identity::of_stranger(&from);
        CHECK(by.from() == &from);
        CHECK(name_of(by) == "(nobody)");
        CHECK(!by.is_caller());
        by.add(known(named("orders")));
        CHECK(name_of(by) == "orders");
        CHECK(by.is_caller());
        by.add(known(named("orders")));  // of another configuration: the same name
        CHECK(name_of(by) == "orders");
        by.add(known(named("bills")));
        CHECK(name_of(by) == "(two)");
        CHECK(!by.is_caller());
        by.add(known(named("orders")));  // a third one does not mend it
        CHECK(name_of(by) == "(two)");
        CHECK(name_of(identity::of_anybody(&from)) == "(anybody)");
        CHECK(identity::of_anybody(&from).is_caller());
    }

    TEST_CASE("identity: a copy keeps its caller when the configuration has gone")
    {
        identity copy;
        {
            auto const by = sent_by(named("orders"));
            copy = by;
        }
        CHECK(name_of(copy) == "orders");
    }

    TEST_CASE("unauthenticated: without any credentials it has the code's own sentence")
    {
        auto const why = identity().unauthenticated();
        CHECK(why == core::errc::caller_unauthenticated);
        CHECK(why.detail.empty());
    }
}

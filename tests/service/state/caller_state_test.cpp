#include "service/state/caller_state.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace service;
using namespace std::chrono_literals;

namespace {

config::settings callers_named(std::vector<std::string> names)
{
    config::settings made;
    std::uint32_t uid = 1000;
    for (auto& name : names) {
        auto& one = made.callers.emplace_back();
        one.name = std::move(name);
        one.uid = uid++;
        one.rate = {.requests = 1, .per = config::seconds(3600), .burst = 2};
    }
    return made;
}

}  // namespace

TEST_SUITE("service/state/caller_state")
{
    TEST_CASE("book_of: a name keeps its meter from one configuration to the next")
    {
        caller_state state;
        constexpr std::chrono::steady_clock::time_point start{1h};
        auto const before = state.book_of(callers_named({"orders", "bills"}));
        auto& meter = *before->all()[0]->meter;
        CHECK(!meter.take(before->all()[0]->settings.rate, start));
        CHECK(!meter.take(before->all()[0]->settings.rate, start));
        REQUIRE(meter.enter(1));
        auto const after = state.book_of(callers_named({"web", "orders"}));
        auto const& orders = *after->all()[1];
        CHECK(orders.settings.name == "orders");
        CHECK(orders.settings.uid == 1001U);
        CHECK(orders.meter.get() == &meter);
        CHECK(orders.meter->take(orders.settings.rate, start));  // still empty
        CHECK(!orders.meter->enter(1));
    }

    TEST_CASE("book_of: a number is never used twice, also when its name is gone")
    {
        caller_state state;
        auto book = state.book_of(callers_named({"orders"}));
        CHECK(book->all()[0]->meter->number() == 0);
        book = state.book_of(callers_named({"bills"}));
        book = state.book_of(callers_named({"bills"}));  // now nobody uses the meter of orders
        book = state.book_of(callers_named({"orders"}));
        CHECK(book->all()[0]->meter->number() == 2);
    }

    TEST_CASE("all: every name of a configuration or of a request in flight, and no other")
    {
        caller_state state;
        auto const names = [&] {
            std::string text;
            for (auto const& one : state.all())
                text += one.name + " ";
            return text;
        };
        auto before = state.book_of(callers_named({"orders", "bills"}));
        CHECK(names() == "bills orders ");
        auto held = before->all()[0];  // a request of orders
        before = state.book_of(callers_named({"web"}));
        CHECK(names() == "orders web ");
        held.reset();
        before = state.book_of(callers_named({"web"}));
        CHECK(names() == "web ");
    }

    TEST_CASE("all: what is in flight, and what was refused")
    {
        caller_state state;
        auto const book = state.book_of(callers_named({"orders"}));
        auto& meter = *book->all()[0]->meter;
        REQUIRE(meter.enter(0));
        meter.count(caller_excess::rate);
        meter.count(caller_excess::in_flight);
        meter.count(caller_excess::in_flight);
        auto const figures = state.all().at(0);
        CHECK(figures.name == "orders");
        CHECK(figures.in_flight == 1);
        CHECK(figures.over_rate == 1);
        CHECK(figures.over_in_flight == 2);
        meter.leave();
    }
}

#include "core/base/work_budget.hpp"

#include <doctest/doctest.h>

using core::work;
using core::work_budget;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("core/base/work_budget");

TEST_CASE("charge: what is left is granted to the last nanosecond, and no more")
{
    work_budget budget(50ms, 2s);
    CHECK(budget.charge(49ms));
    CHECK(budget.charge(1ms));
    CHECK_FALSE(budget.charge(1ns));
    CHECK(budget.charge(0ns));
    CHECK(budget.spent() == 50ms);
}

TEST_CASE("charge: what is refused is not charged")
{
    work_budget budget(50ms, 2s);
    CHECK_FALSE(budget.charge(51ms));
    CHECK(budget.spent() == 0ns);
    CHECK(budget.charge(50ms));
}

TEST_CASE("charge: the largest and the negative amounts are refused, and change nothing")
{
    work_budget budget(50ms, 2s);
    CHECK(budget.charge(10ms));
    for (auto const amount : {work::max(), core::work_max, work::min(), work(-1)}) {
        CHECK_FALSE(budget.charge(amount));
        CHECK_FALSE(budget.charge_password(amount));
        CHECK_FALSE(budget.is_held_up());
    }
    CHECK(budget.spent() == 10ms);
    CHECK_FALSE(budget.charge(41ms));
}

TEST_CASE("charge: budgets at the ends of the range do not overflow")
{
    work_budget endless(work::max(), work::max());
    endless.hold_to(work::max());
    CHECK(endless.charge(work::max() - 1ns));
    CHECK_FALSE(endless.charge(2ns));
    CHECK(endless.charge(1ns));
    work_budget nothing(work::min(), work::min());
    CHECK_FALSE(nothing.charge(1ns));
    CHECK(nothing.charge(0ns));
}

TEST_CASE("charge_password: a granted password lifts the budget for what follows")
{
    work_budget budget(50ms, 2s);
    CHECK(budget.charge_password(1s));
    CHECK(budget.charge(900ms));
    CHECK_FALSE(budget.charge(101ms));
}

TEST_CASE("charge_password: a refused password lifts nothing")
{
    work_budget budget(50ms, 2s);
    CHECK_FALSE(budget.charge_password(3s));
    CHECK_FALSE(budget.charge(51ms));
}

TEST_CASE("charge_password: a password never lowers a budget")
{
    work_budget budget(250ms, 50ms);
    CHECK(budget.charge_password(200ms));
    CHECK(budget.charge(50ms));
}

TEST_CASE("hold_to: what the allowance stops is held up, and granted after release")
{
    work_budget budget(50ms, 2s);
    CHECK(budget.charge(5ms));
    budget.hold_to(1ms);
    CHECK(budget.charge(1ms));
    CHECK_FALSE(budget.charge(1ms));
    CHECK(budget.is_held_up());
    budget.release();
    CHECK_FALSE(budget.is_held_up());
    CHECK(budget.charge(44ms));
}

TEST_CASE("hold_to: what the budget refuses in any case is not held up")
{
    work_budget budget(50ms, 2s);
    budget.hold_to(1ms);
    CHECK_FALSE(budget.charge(51ms));
    CHECK_FALSE(budget.is_held_up());
}

TEST_CASE("hold_to: a later refusal does not hide that something was held up")
{
    work_budget budget(50ms, 2s);
    budget.hold_to(1ms);
    CHECK_FALSE(budget.charge(2ms));
    CHECK_FALSE(budget.charge(51ms));
    CHECK(budget.is_held_up());
}

TEST_CASE("hold_to: an allowance of the whole budget or more also holds passwords")
{
    for (auto const allowance : {work(50ms), work(60ms)}) {
        work_budget budget(50ms, 2s);
        budget.hold_to(allowance);
        CHECK_FALSE(budget.charge_password(1s));
        CHECK(budget.is_held_up());
        budget.release();
        CHECK(budget.charge_password(1s));
    }
}

TEST_CASE("hold_to: an endless allowance holds nothing, a negative one everything")
{
    work_budget budget(50ms, 2s);
    CHECK(budget.charge(1ms));
    budget.hold_to(work::max());
    CHECK(budget.charge(40ms));
    budget.hold_to(work::min());
    CHECK_FALSE(budget.charge(1ns));
    CHECK(budget.is_held_up());
}

TEST_CASE("charge: an absent budget grants everything")
{
    CHECK(core::charge(nullptr, work::max()));
    work_budget budget(1ms, 1ms);
    CHECK_FALSE(core::charge(&budget, 2ms));
}

TEST_SUITE_END();

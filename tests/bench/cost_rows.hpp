#pragma once

#include "core/base/work_budget.hpp"

#include <functional>
#include <string>
#include <vector>

/// What work_costs measures: a piece of work, and what the table of costs says about it.
struct cost_row {
    std::string name;
    core::work table;            ///< zero = a figure to compare with; nothing is charged for it
    std::function<void()> work;  ///< once
    bool is_random = false;      ///< repeats itself a random number of times: the mean counts
};
using cost_rows = std::vector<cost_row>;

void add_keys(cost_rows& rows);
void add_encryption(cost_rows& rows);
void add_texts(cost_rows& rows);

#pragma once

#include "config/report.hpp"
#include "config/sections.hpp"

namespace config {

/// Gives each key the lifetime of the longest token that a sign profile makes with its series.
void set_longest_tokens(settings& into);

/// What the keys say about each other: series, kids, material, times.
void check_keys(draft const& read, core::instant now, report& notes);

/// What the sections say about each other: names that must exist, policies that contradict.
void check_policies(draft const& read, core::instant now, report& notes);
void check_listeners(draft const& read, report& notes);

/// Choices that work and are risky.
void warn_of_risks(draft const& read, report& notes);

}  // namespace config

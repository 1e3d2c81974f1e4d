#pragma once

#include "config/checks/checks.hpp"

namespace config {

/// ", did you mean" for one of the known names.
std::string hint(std::string_view text, std::set<std::string, std::less<>> const& known);

/// The first key of a series; null when there is none.
core::ring_key const* first_of(settings const& all, std::string_view series);

/// Reports names that are not those of callers.
void check_callers(
    draft const& read, std::vector<std::string> const& callers, std::string const& path,
    report& notes
);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"

/// What a configuration lets its callers do. The lists of profiles and series give, and those of the
/// caller itself take away.
namespace config {

/// Whether a listener takes one of the caller's proofs.
bool can_be_recognised(settings const& all, caller_settings const& one);

/// Whether the caller may do something that a stranger may not.
bool has_something_to_do(settings const& all, caller_settings const& one);

}  // namespace config

#pragma once

#include "core/base/time.hpp"

#include <functional>

namespace service {

/// Reads the wall clock; tests put their own in its place.
using clock_function = std::function<core::instant()>;
core::instant system_now();

/// The clock of core::uptime: it also runs while the machine sleeps, and it is never set.
core::uptime uptime_now();

}  // namespace service

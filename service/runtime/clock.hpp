#pragma once

#include "core/base/time.hpp"

#include <functional>

namespace service {

/// Reads the wall clock; tests put their own in its place.
using clock_function = std::function<core::instant()>;
core::instant system_now();

/// The clock of core::uptime: it goes on while the machine sleeps, and nobody sets it.
core::uptime uptime_now();

}  // namespace service

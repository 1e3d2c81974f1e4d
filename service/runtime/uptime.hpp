#pragma once

#include "core/base/time.hpp"

namespace service {

/// The clock of core::uptime: it goes on while the machine sleeps, and nobody sets it.
core::uptime uptime_now();

}  // namespace service

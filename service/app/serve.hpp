#pragma once

#include "config/load/load.hpp"

namespace service {

/// Runs the service until SIGTERM or SIGINT.
/// Returns  the exit code: 0 after a graceful stop, 3 when a listener cannot be bound.
int serve(config::loaded&& with);

}  // namespace service

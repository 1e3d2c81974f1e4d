#pragma once

#include "config/load/load.hpp"
#include "service/process/seals.hpp"

namespace service {

/// Runs the service until SIGTERM or SIGINT.
///
/// sealed       what the process gave up before `with` was loaded.
/// from, files  what `with` was loaded from, so that it can be loaded again.
/// Returns  the exit code: 0 after a graceful stop, 3 when a listener cannot be bound.
int serve(
    seals const& sealed, config::loaded&& with, config::sources const& from,
    config::file_marks files
);

}  // namespace service

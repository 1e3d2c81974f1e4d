#pragma once

#include <string>

namespace service {

/// From here on every thread makes only the system calls that a service which has started needs.
/// It cannot be undone. Call it when listeners are bound, with no-new-privileges set.
///
/// - Starting programs, tracing, and the memory of other processes end the process.
/// - Everything else that is not in the list fails with ENOSYS: new processes, new listeners,
///   sockets that are neither Unix nor Internet ones, memory that becomes code, io_uring, limits
///   and signals of others, and what only root may do.
///
/// Returns  why it is not in force; empty when it is.
std::string limit_system_calls();

}  // namespace service

#pragma once

#include <string>
#include <string_view>

namespace service {

/// Tells the service manager that started this process (systemd with Type=notify) how it is. Works in
/// the sandbox. Does nothing where nobody asked: the variable NOTIFY_SOCKET is absent. Waits while the
/// manager's queue is full, at most 10 seconds.
///
/// state    "READY=1"
/// Returns  why it was not told; empty = it was, or nobody asked.
/// Source   sd_notify(3). Of the forms of NOTIFY_SOCKET only a path, as systemd uses it: abstract
///          sockets (`@`) cannot be reached from the sandbox.
std::string tell_service_manager(std::string_view state);

}  // namespace service

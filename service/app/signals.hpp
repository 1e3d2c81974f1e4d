#pragma once

namespace service {

class app;

/// Call it before any secret is read: no core dumps, no tracing by other processes of the same
/// user, no new privileges, and no end by a signal that should not end a service.
void harden_process();

/// SIGTERM, SIGINT and SIGQUIT start the graceful stop; a second one ends it at once. SIGHUP loads
/// the configuration again, SIGUSR1 and SIGUSR2 log that they are ignored.
void listen_to_signals(app& service);

}  // namespace service

#pragma once

namespace service {

class app;

/// Before anything secret is read into memory that matters: no core dumps, no tracing by others of
/// the same user, no new privileges, and no end by a signal that is not meant to end anything.
void harden_process();

/// SIGTERM, SIGINT and SIGQUIT begin the graceful stop; the second one ends it. SIGHUP writes a
/// line that there is no reload, SIGUSR1 and SIGUSR2 one that nothing happens.
void listen_to_signals(app& service);

}  // namespace service

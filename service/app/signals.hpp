#pragma once

namespace service {

class app;

/// SIGTERM, SIGINT and SIGQUIT start the graceful stop; a second one ends it at once. SIGHUP loads
/// the configuration again, SIGUSR1 and SIGUSR2 log that they are ignored.
void listen_to_signals(app& service);

}  // namespace service

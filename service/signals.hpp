#pragma once

namespace service {

class app;

/// Before anything secret is read into memory that matters: no core dumps, no tracing by others of
/// the same user, no new privileges, SIGPIPE ignored.
void harden_process();

/// SIGTERM and SIGINT begin the graceful stop; the second one ends it.
void stop_on_signals(app& service);

}  // namespace service

#pragma once

namespace service {

/// What a process has given up.
struct seals {
    /// No core file; and where somebody makes one with a debugger, no private memory in it. Other
    /// processes of the same user cannot trace it.
    bool has_no_core_dumps = false;
    bool has_no_new_privileges = false;
};

/// Call it before any secret is read, once. Signals that should not end a service are ignored from
/// here on.
seals seal_process();

}  // namespace service

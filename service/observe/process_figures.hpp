#pragma once

namespace service {

/// What the kernel reports about this process. A value that cannot be read is 0.
struct process_figures {
    double resident_bytes = 0;
    double cpu_seconds = 0;
    double open_descriptors = 0;
    double start_time = 0;  ///< seconds since the epoch
};
process_figures read_process_figures();

}  // namespace service

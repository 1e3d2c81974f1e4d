#pragma once

#include <ctime>

namespace tests {

/// The CPU time of this thread so far, in microseconds.
inline double thread_us()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

}  // namespace tests

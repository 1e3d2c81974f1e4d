#pragma once

#include <chrono>

namespace core {

/// A moment on the wall clock. Milliseconds, because NumericDate may have fractions (RFC 7519
/// section 2).
using instant = std::chrono::sys_time<std::chrono::milliseconds>;
using seconds = std::chrono::seconds;

/// A moment on a clock that only runs forward, the machine's sleep included. Its zero means
/// nothing: only differences count, so that no setting of the wall clock ends or lengthens a wait.
struct uptime_clock;
using uptime = std::chrono::time_point<uptime_clock, std::chrono::milliseconds>;

/// As NumericDate.
inline double numeric_date(instant t)
{
    return static_cast<double>(t.time_since_epoch().count()) / 1000.0;
}
inline std::int64_t unix_seconds(instant t)
{
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace core

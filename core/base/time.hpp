#pragma once

#include <chrono>

namespace core {

/// A moment on the wall clock. Milliseconds, because NumericDate may have fractions (RFC 7519
/// section 2).
using instant = std::chrono::sys_time<std::chrono::milliseconds>;
using seconds = std::chrono::seconds;

/// A moment on a clock that only runs forward and counts the machine's sleep too. Its zero has no
/// meaning, only differences have: setting the wall clock neither ends nor lengthens a wait.
struct uptime_clock;
using uptime = std::chrono::time_point<uptime_clock, std::chrono::milliseconds>;

/// A moment as a NumericDate, with its fraction or (unix_seconds) rounded down.
inline double numeric_date(instant t)
{
    return static_cast<double>(t.time_since_epoch().count()) / 1000.0;
}
inline std::int64_t unix_seconds(instant t)
{
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace core

#pragma once

#include <chrono>

namespace core {

/// A moment on the wall clock. Milliseconds, because NumericDate may have fractions (RFC 7519
/// section 2).
using instant = std::chrono::sys_time<std::chrono::milliseconds>;
using seconds = std::chrono::seconds;

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

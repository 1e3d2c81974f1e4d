#pragma once

#include "config/values/settings.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace service {

/// A sentence of our own: a log field shows it in full.
struct own_text {
    std::string_view text;
};

/// One key and value of a log line. Text is escaped and, unless it is our own, cut at 128 bytes. It
/// is never a token, a key, a secret or a claim's value.
struct log_field {
    std::string_view key;
    std::variant<std::string_view, own_text, std::int64_t, bool> value;

    log_field(std::string_view k, std::string_view v) : key(k), value(v) {}
    log_field(std::string_view k, std::string const& v) : key(k), value(std::string_view(v)) {}
    log_field(std::string_view k, char const* v) : key(k), value(std::string_view(v)) {}
    log_field(std::string_view k, own_text v) : key(k), value(v) {}
    log_field(std::string_view k, bool v) : key(k), value(v) {}
    template <std::integral Integer>
    log_field(std::string_view k, Integer v) : key(k), value(static_cast<std::int64_t>(v))
    {
    }
};
using log_fields = std::initializer_list<log_field>;

/// Sets level and format; until then info and JSON. Lines go to stderr, one object each:
/// {"ts":"2026-01-02T03:04:05.678Z","level":"info","event":"listening","address":"127.0.0.1:8080"}
void start_log(config::log_settings const& how);

bool logs(config::log_level level) noexcept;  ///< whether a line of that level would be written
void log(config::log_level level, std::string_view event, std::span<log_field const> fields);
inline void log(config::log_level level, std::string_view event, log_fields fields)
{
    log(level, event, std::span(fields.begin(), fields.size()));
}

inline void log_debug(std::string_view event, log_fields fields = {})
{
    log(config::log_level::debug, event, fields);
}
inline void log_info(std::string_view event, log_fields fields = {})
{
    log(config::log_level::info, event, fields);
}
inline void log_warn(std::string_view event, log_fields fields = {})
{
    log(config::log_level::warn, event, fields);
}
inline void log_error(std::string_view event, log_fields fields = {})
{
    log(config::log_level::error, event, fields);
}

/// One line as it would be written, without the line's end: for tests.
std::string log_line(
    config::log_format format, std::string_view timestamp, config::log_level level,
    std::string_view event, std::span<log_field const> fields
);
inline std::string log_line(
    config::log_format format, std::string_view timestamp, config::log_level level,
    std::string_view event, log_fields fields
)
{
    return log_line(format, timestamp, level, event, std::span(fields.begin(), fields.size()));
}

}  // namespace service

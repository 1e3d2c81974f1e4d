#include "service/observe/log.hpp"

#include "core/base/rfc3339.hpp"
#include "core/json/json.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>

namespace service {

namespace {

constexpr std::size_t value_octets_max = 128;
constexpr std::string_view level_names[] = {"trace", "debug", "info", "warn", "error", "off"};

std::atomic<config::log_format> chosen_format{config::log_format::json};

/// One logger for the process: lines of all threads go to one stderr, one at a time.
spdlog::logger& logger()
{
    static spdlog::logger one = [] {
        spdlog::logger made("signet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_pattern("%v");
        made.set_level(spdlog::level::info);
        return made;
    }();
    return one;
}

spdlog::level::level_enum as_spdlog(config::log_level level)
{
    switch (level) {
    case config::log_level::trace: return spdlog::level::trace;
    case config::log_level::debug: return spdlog::level::debug;
    case config::log_level::info: return spdlog::level::info;
    case config::log_level::warn: return spdlog::level::warn;
    case config::log_level::error: return spdlog::level::err;
    case config::log_level::off: return spdlog::level::off;
    }
    return spdlog::level::info;
}

bool is_bare(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
    });
}

void append_text(std::string& out, std::string_view text, bool may_be_bare)
{
    if (may_be_bare && is_bare(text))
        out.append(text);
    else
        core::json::append_string(out, text);
}

void append_value(std::string& out, log_field const& one, bool may_be_bare)
{
    if (auto const* const text = std::get_if<std::string_view>(&one.value)) {
        append_text(out, text->substr(0, value_octets_max), may_be_bare);
    } else if (auto const* const own = std::get_if<own_text>(&one.value)) {
        append_text(out, own->text, may_be_bare);
    } else if (auto const* const number = std::get_if<std::int64_t>(&one.value)) {
        out.append(std::to_string(*number));
    } else {
        out.append(std::get<bool>(one.value) ? "true" : "false");
    }
}

}  // namespace

void start_log(config::log_settings const& how)
{
    chosen_format = how.format;
    logger().set_level(as_spdlog(how.level));
    logger().flush_on(spdlog::level::trace);
}

bool logs(config::log_level level) noexcept
{
    return logger().should_log(as_spdlog(level));
}

std::string log_line(
    config::log_format format, std::string_view timestamp, config::log_level level,
    std::string_view event, std::span<log_field const> fields
)
{
    auto const level_name = level_names[static_cast<std::size_t>(level)];
    std::string line;
    if (format == config::log_format::text) {
        line.append(timestamp).append(" ").append(level_name).append(" ").append(event);
        for (auto const& one : fields) {
            line.append(" ").append(one.key).append("=");
            append_value(line, one, true);
        }
        return line;
    }
    line.append(R"({"ts":")").append(timestamp).append(R"(","level":")").append(level_name);
    line.append(R"(","event":")").append(event).append("\"");
    for (auto const& one : fields) {
        line.append(",\"").append(one.key).append("\":");
        append_value(line, one, false);
    }
    return line + "}";
}

void log(config::log_level level, std::string_view event, std::span<log_field const> fields)
{
    if (!logs(level))
        return;
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto const line = log_line(chosen_format, core::rfc3339(now), level, event, fields);
    logger().log(as_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace service

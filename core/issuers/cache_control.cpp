#include "core/issuers/cache_control.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <cstdint>

namespace core {
namespace {

/// RFC 9111 section 1.2.2: a recipient that cannot hold a number takes "2147483648 (2^31)".
constexpr std::int64_t delta_seconds_max = 2147483648;

/// Reads digits, also in quotes (RFC 9111 section 5.2 asks recipients to accept both forms).
std::optional<std::chrono::seconds> delta_seconds(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    if (text.empty())
        return std::nullopt;
    std::int64_t value = 0;
    for (auto const c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = std::min(value * 10 + (c - '0'), delta_seconds_max);
    }
    return std::chrono::seconds(value);
}

}  // namespace

std::optional<std::chrono::seconds>
freshness_lifetime(std::string_view cache_control, std::chrono::seconds age)
{
    std::optional<std::chrono::seconds> max_age;
    while (!cache_control.empty()) {
        auto const end = std::min(cache_control.find(','), cache_control.size());
        auto const directive = trimmed(cache_control.substr(0, end), http_space);
        cache_control.remove_prefix(std::min(end + 1, cache_control.size()));
        auto const equals = std::min(directive.find('='), directive.size());
        auto const name = directive.substr(0, equals);
        if (equal_without_case(name, "no-store") || equal_without_case(name, "no-cache"))
            return std::chrono::seconds(0);
        if (equal_without_case(name, "max-age") && !max_age && equals < directive.size())
            max_age = delta_seconds(directive.substr(equals + 1));
    }
    if (!max_age)
        return std::nullopt;
    return std::max(std::chrono::seconds(0), *max_age - std::max(age, std::chrono::seconds(0)));
}

}  // namespace core

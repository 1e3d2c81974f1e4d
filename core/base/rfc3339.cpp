#include "core/base/rfc3339.hpp"

#include <algorithm>
#include <cstdio>

namespace core {
namespace {

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// Takes fixed fields from the front of a text.
struct field_reader {
    std::string_view rest;
    bool good = true;

    int digits(std::size_t count) noexcept
    {
        auto const field = rest.substr(0, count);
        if (field.size() != count || !std::ranges::all_of(field, is_digit)) {
            good = false;
            return 0;
        }
        int value = 0;
        for (auto const c : field)
            value = value * 10 + (c - '0');
        rest.remove_prefix(count);
        return value;
    }

    char one_of(std::string_view allowed) noexcept
    {
        if (rest.empty() || allowed.find(rest[0]) == std::string_view::npos) {
            good = false;
            return '\0';
        }
        auto const c = rest[0];
        rest.remove_prefix(1);
        return c;
    }

    std::chrono::milliseconds fraction() noexcept
    {
        if (rest.empty() || rest[0] != '.')
            return {};
        rest.remove_prefix(1);
        auto const end = std::ranges::find_if_not(rest, is_digit);
        auto const size = static_cast<std::size_t>(end - rest.begin());
        good = good && size != 0;
        int value = 0;
        for (std::size_t i = 0; i < 3; ++i)
            value = value * 10 + (i < size ? rest[i] - '0' : 0);
        rest.remove_prefix(size);
        return std::chrono::milliseconds{value};
    }

    std::chrono::minutes offset() noexcept
    {
        auto const sign = one_of("Zz+-");
        if (sign != '+' && sign != '-')
            return {};
        auto const hour = digits(2);
        one_of(":");
        auto const minute = digits(2);
        good = good && hour < 24 && minute < 60;
        auto const size = std::chrono::hours{hour} + std::chrono::minutes{minute};
        return sign == '-' ? -size : size;
    }
};

}  // namespace

std::string rfc3339(instant moment)
{
    using namespace std::chrono;
    auto const day = floor<days>(moment);
    year_month_day const date(day);
    hh_mm_ss const time(moment - day);
    char text[64];
    auto const size = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count())
    );
    return {text, static_cast<std::size_t>(size)};
}

std::optional<instant> parse_rfc3339(std::string_view text) noexcept
{
    using namespace std::chrono;
    field_reader in{text};
    auto const y = in.digits(4);
    in.one_of("-");
    auto const m = in.digits(2);
    in.one_of("-");
    auto const d = in.digits(2);
    in.one_of("Tt");
    auto const hour = in.digits(2);
    in.one_of(":");
    auto const minute = in.digits(2);
    in.one_of(":");
    auto const second = in.digits(2);
    auto const fraction = in.fraction();
    auto const offset = in.offset();
    year_month_day const date{
        year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!in.good || !in.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + fraction - offset;
}

}  // namespace core

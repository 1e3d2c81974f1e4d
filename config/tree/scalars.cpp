#include "config/tree/scalars.hpp"

#include "core/base/ascii.hpp"
#include "core/base/media_type.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace config {
namespace {

constexpr auto duration_max = std::chrono::hours{24} * 3660;

struct unit {
    std::string_view name;
    milliseconds length;
};
constexpr std::array units{
    unit{"ms", milliseconds{1}},        unit{"s", std::chrono::seconds{1}},
    unit{"m", std::chrono::minutes{1}}, unit{"h", std::chrono::hours{1}},
    unit{"d", std::chrono::hours{24}},
};

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) noexcept
{
    return is_digit(c) || (core::ascii_lower(c) >= 'a' && core::ascii_lower(c) <= 'z');
}

std::size_t digits_at_front(std::string_view text) noexcept
{
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) noexcept
{
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<milliseconds> parse_duration(std::string_view text) noexcept
{
    auto const size = digits_at_front(text);
    auto const count = parse_whole(text.substr(0, size));
    auto const found = std::ranges::find(units, text.substr(size), &unit::name);
    if (!count || found == units.end())
        return std::nullopt;
    auto const count_max = milliseconds{duration_max} / found->length;
    if (*count > static_cast<std::uint64_t>(count_max))
        return std::nullopt;
    return found->length * static_cast<std::int64_t>(*count);
}

std::string in_words(milliseconds length)
{
    constexpr std::int64_t s = 1000, m = 60 * s, h = 60 * m, d = 24 * h;
    auto const count = length.count();
    if (count % d == 0 && count > d)
        return std::to_string(count / d) + "d";
    if (count % h == 0 && count != 0)
        return std::to_string(count / h) + "h";
    if (count % m == 0 && count != 0)
        return std::to_string(count / m) + "m";
    return count % s == 0 ? std::to_string(count / s) + "s" : std::to_string(count) + "ms";
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept
{
    std::uint64_t unit = 1;
    if (text.ends_with("KiB"))
        unit = 1024;
    else if (text.ends_with("MiB"))
        unit = 1024 * 1024;
    if (unit != 1)
        text.remove_suffix(3);
    auto const count = parse_whole(text);
    constexpr std::uint64_t size_max = std::uint64_t{1} << 40U;
    if (!count || *count > size_max / unit)
        return std::nullopt;
    return *count * unit;
}

std::string size_in_words(std::uint64_t bytes)
{
    constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB;
    if (bytes == 0 || bytes % KiB != 0)
        return std::to_string(bytes);
    return bytes % MiB == 0 ? std::to_string(bytes / MiB) + "MiB"
                            : std::to_string(bytes / KiB) + "KiB";
}

std::optional<address> parse_address(std::string_view text)
{
    address parsed;
    if (text.starts_with("unix:")) {
        parsed.unix_path = text.substr(5);
        return parsed.is_unix() ? std::optional(parsed) : std::nullopt;
    }
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    bool const is_v6 = host.starts_with('[') && host.ends_with(']');
    if (is_v6)
        host = host.substr(1, host.size() - 2);
    parsed.host = host;
    std::array<unsigned char, 16> octets{};
    auto const port = parse_whole(text.substr(colon + 1));
    if (!port || *port > 65535
        || inet_pton(is_v6 ? AF_INET6 : AF_INET, parsed.host.c_str(), octets.data()) != 1)
        return std::nullopt;
    parsed.port = static_cast<std::uint16_t>(*port);
    return parsed;
}

std::optional<std::string> parse_sha256(std::string_view text)
{
    std::string octets;
    if (text.size() != 64)
        return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned value = 0;
        auto const [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
        if (error != std::errc{} || end != text.data() + i + 2)
            return std::nullopt;
        octets.push_back(static_cast<char>(value));
    }
    return octets;
}

bool is_name(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-';
    });
}

bool is_field_name(std::string_view text) noexcept
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [&](char c) {
        return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
    });
}

bool is_claim(std::string_view text) noexcept
{
    if (!text.starts_with('/'))
        return !text.empty();
    for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1'))
            return false;
    }
    return true;
}

bool is_jwt_typ(std::string_view typ)
{
    return core::same_header_type(typ, "jwt") || in_lower_case(typ).ends_with("+jwt");
}

std::string in_lower_case(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), core::ascii_lower);
    return lower;
}

}  // namespace config

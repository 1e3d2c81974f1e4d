#include "core/base/trace_parent.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t version_size = 2, trace_size = 32, span_size = 16, flags_size = 2;
constexpr std::size_t known_size = version_size + trace_size + span_size + flags_size + 3;

/// "HEXDIGLC": W3C Trace Context section 3.2.1.
bool is_lower_hex(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

bool is_id(std::string_view text) noexcept
{
    return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

/// Visible ASCII: what a later version adds is kept as it is, also in a reply's header.
bool is_visible(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

int value_of(char hex) noexcept
{
    return hex <= '9' ? hex - '0' : hex - 'a' + 10;
}

}  // namespace

std::optional<trace_parent> parse_trace_parent(std::string_view text) noexcept
{
    constexpr std::size_t trace_at = version_size + 1, span_at = trace_at + trace_size + 1,
                          flags_at = span_at + span_size + 1;
    if (text.size() < known_size || text.size() > trace_parent_max)
        return std::nullopt;
    auto const version = text.substr(0, version_size);
    auto const flags = text.substr(flags_at, flags_size);
    if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(flags))
        return std::nullopt;
    if (text[trace_at - 1] != '-' || text[span_at - 1] != '-' || text[flags_at - 1] != '-')
        return std::nullopt;
    auto const more = text.substr(known_size);
    // Section 4.3: "If the version ... is higher ... there must be a dash after the flags"
    if (!more.empty() && (version == "00" || more.front() != '-' || !is_visible(more)))
        return std::nullopt;
    trace_parent found{text, text.substr(trace_at, trace_size), text.substr(span_at, span_size)};
    if (!is_id(found.trace_id) || !is_id(found.parent_id))
        return std::nullopt;
    found.is_sampled = (value_of(flags.back()) & 1) != 0;
    return found;
}

}  // namespace core

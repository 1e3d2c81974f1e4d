#pragma once

#include <algorithm>
#include <string_view>

namespace core {

/// ASCII's letters alone, whatever the locale: what names of media types, hosts and HTTP directives
/// are compared by.
constexpr char ascii_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool equal_without_case(std::string_view a, std::string_view b) noexcept
{
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

}  // namespace core

#pragma once

#include <algorithm>
#include <string_view>

namespace core {

/// The lower-case form of an ASCII letter, whatever the locale; any other character as it is. For
/// names of media types, hosts and HTTP directives.
constexpr char ascii_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether two texts are equal when the case of ASCII letters is ignored.
constexpr bool equal_without_case(std::string_view a, std::string_view b) noexcept
{
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

}  // namespace core

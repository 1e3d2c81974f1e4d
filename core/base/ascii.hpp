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

/// Whether `text` begins with `prefix`, compared without case.
constexpr bool starts_without_case(std::string_view text, std::string_view prefix) noexcept
{
    return equal_without_case(text.substr(0, prefix.size()), prefix);
}

/// Space and tab. Source   RFC 9110 section 5.6.3: "OWS = *( SP / HTAB )"
inline constexpr std::string_view http_space = " \t";
/// What JSON, PEM and files of one line have around their text. Source   RFC 8259 section 2
inline constexpr std::string_view text_space = " \t\r\n";

/// Without the characters of `space` at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view space) noexcept
{
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    return text.substr(0, text.find_last_not_of(space) + 1);
}

}  // namespace core

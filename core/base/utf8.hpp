#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace core::utf8 {

/// The size in octets of the well-formed character that `text` begins with; 0 when there is none:
/// truncated, overlong, a surrogate or above U+10FFFF. RFC 3629 section 4
std::uint32_t sequence_size(std::string_view text) noexcept;

/// Whether all of `text` is well-formed UTF-8.
bool is_valid(std::string_view text) noexcept;

/// Appends one code point as UTF-8.
void append(std::string& out, std::uint32_t code_point);

/// What some editors write before a text.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept
{
    return text.substr(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
}

}  // namespace core::utf8

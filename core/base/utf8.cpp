#include "core/base/utf8.hpp"

#include <cstring>

namespace core::utf8 {

std::uint32_t sequence_size(std::string_view text) noexcept
{
    auto const octet = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    auto const is_tail = [&](std::size_t i) { return (octet(i) & 0xc0U) == 0x80U; };
    auto const a = octet(0), b = octet(1);

    if (text.empty())
        return 0;
    if (a < 0x80)
        return 1;
    if (a >= 0xc2 && a <= 0xdf)
        return is_tail(1) ? 2 : 0;
    if (a >= 0xe0 && a <= 0xef) {
        bool const overlong = a == 0xe0 && b < 0xa0;
        bool const surrogate = a == 0xed && b >= 0xa0;
        return is_tail(1) && is_tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (a >= 0xf0 && a <= 0xf4) {
        bool const overlong = a == 0xf0 && b < 0x90;
        bool const too_large = a == 0xf4 && b >= 0x90;
        return is_tail(1) && is_tail(2) && is_tail(3) && !overlong && !too_large ? 4 : 0;
    }
    return 0;
}

namespace {

/// How many octets at the start are ASCII, counted in steps of eight.
std::size_t ascii_prefix(std::string_view text) noexcept
{
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t size = 0;
    for (std::uint64_t eight = 0; size + sizeof eight <= text.size(); size += sizeof eight) {
        std::memcpy(&eight, text.data() + size, sizeof eight);
        if ((eight & high_bits) != 0)
            break;
    }
    return size;
}

}  // namespace

bool is_valid(std::string_view text) noexcept
{
    text.remove_prefix(ascii_prefix(text));
    while (!text.empty()) {
        auto const size = sequence_size(text);
        if (size == 0)
            return false;
        text.remove_prefix(size);
        if (size == 1)
            text.remove_prefix(ascii_prefix(text));
    }
    return true;
}

void append(std::string& out, std::uint32_t code_point)
{
    auto const put = [&out](std::uint32_t octet) { out.push_back(static_cast<char>(octet)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0U | code_point >> 6U);
        put(0x80U | (code_point & 0x3fU));
    } else if (code_point < 0x10000) {
        put(0xe0U | code_point >> 12U);
        put(0x80U | (code_point >> 6U & 0x3fU));
        put(0x80U | (code_point & 0x3fU));
    } else {
        put(0xf0U | code_point >> 18U);
        put(0x80U | (code_point >> 12U & 0x3fU));
        put(0x80U | (code_point >> 6U & 0x3fU));
        put(0x80U | (code_point & 0x3fU));
    }
}

}  // namespace core::utf8

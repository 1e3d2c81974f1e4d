#include "core/base/base64url.hpp"

#include <array>
#include <cstring>

namespace core {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t not_in_alphabet = 0xff;

constexpr auto values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(not_in_alphabet);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}();

std::uint32_t value_of(char c)
{
    return values[static_cast<unsigned char>(c)];
}

/// The two characters of each value of 12 bits.
constexpr auto pairs = [] {
    std::array<std::array<char, 2>, 4096> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = {alphabet[i >> 6], alphabet[i & 0x3f]};
    return table;
}();

template <class Octets> std::optional<Octets> decode(std::string_view text)
{
    auto const rest = text.size() % 4;
    if (rest == 1)
        return std::nullopt;

    Octets out(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), {});
    auto* to = out.data();
    auto put = [&to](std::uint32_t octet) {
        *to++ = static_cast<typename Octets::value_type>(octet & 0xff);
    };
    std::uint32_t seen = 0;  // a value outside the alphabet leaves bit 7 set
    std::size_t i = 0;
    for (; i + 4 <= text.size(); i += 4) {
        auto const a = value_of(text[i]), b = value_of(text[i + 1]);
        auto const c = value_of(text[i + 2]), d = value_of(text[i + 3]);
        seen |= a | b | c | d;
        auto const block = a << 18 | b << 12 | c << 6 | d;
        put(block >> 16);
        put(block >> 8);
        put(block);
    }
    if (rest != 0) {
        auto const a = value_of(text[i]), b = value_of(text[i + 1]);
        auto const c = rest == 3 ? value_of(text[i + 2]) : 0;
        seen |= a | b | c;
        if (rest == 2 ? (b & 0x0f) != 0 : (c & 0x03) != 0)
            return std::nullopt;
        auto const block = a << 18 | b << 12 | c << 6;
        put(block >> 16);
        if (rest == 3)
            put(block >> 8);
    }
    if ((seen & 0x80) != 0)
        return std::nullopt;
    return out;
}

}  // namespace

void base64url_append(std::string& out, byte_view octets)
{
    auto const before = out.size();
    out.resize(before + base64url_size(octets.size()));
    auto* to = out.data() + before;
    auto put = [&to](std::uint32_t value) { *to++ = alphabet.data()[value & 0x3f]; };
    auto const* from = octets.data();
    for (auto left = octets.size() / 3; left != 0; --left, from += 3) {
        std::uint32_t const block = static_cast<std::uint32_t>(from[0]) << 16
            | static_cast<std::uint32_t>(from[1]) << 8 | from[2];
        std::memcpy(to, pairs.data() + (block >> 12), 2);
        std::memcpy(to + 2, pairs.data() + (block & 0xfff), 2);
        to += 4;
    }
    auto const rest = octets.size() % 3;
    if (rest == 1) {
        put(from[0] >> 2U);
        put(static_cast<std::uint32_t>(from[0]) << 4);
    } else if (rest == 2) {
        std::uint32_t const block = static_cast<std::uint32_t>(from[0]) << 8 | from[1];
        put(block >> 10);
        put(block >> 4);
        put(block << 2);
    }
}

std::string base64url_encode(byte_view octets)
{
    std::string out;
    base64url_append(out, octets);
    return out;
}

std::optional<bytes> base64url_decode(std::string_view text)
{
    return decode<bytes>(text);
}

std::optional<std::string> base64url_decode_text(std::string_view text)
{
    return decode<std::string>(text);
}

}  // namespace core

#include "core/base/base64url.hpp"

#include <array>
#include <cstring>

namespace core {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// What is not in the alphabet sets a bit that no block has.
constexpr std::uint32_t not_in_alphabet = 1U << 31U;

/// The value of each character at each of the four places of a block of 24 bits.
constexpr auto values = [] {
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    for (std::size_t place = 0; place < tables.size(); ++place) {
        tables[place].fill(not_in_alphabet);
        for (std::size_t i = 0; i < alphabet.size(); ++i)
            tables[place][static_cast<unsigned char>(alphabet[i])] =
                static_cast<std::uint32_t>(i << (18 - 6 * place));
    }
    return tables;
}();

std::uint32_t value_of(char c, std::size_t place)
{
    return values[place][static_cast<unsigned char>(c)];
}

/// The two characters of each value of 12 bits.
constexpr auto pairs = [] {
    std::array<std::array<char, 2>, 4096> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = {alphabet[i >> 6], alphabet[i & 0x3f]};
    return table;
}();

/// `out` is replaced; its memory is used where it is enough.
template <class Octets> bool decode_into(Octets& out, std::string_view text)
{
    auto const rest = text.size() % 4;
    if (rest == 1)
        return false;
    out.resize(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1));
    auto* to = out.data();
    auto put = [&to](std::uint32_t octet) {
        *to++ = static_cast<typename Octets::value_type>(octet & 0xff);
    };
    std::uint32_t seen = 0;
    auto const* from = text.data();
    for (auto left = text.size() / 4; left != 0; --left, from += 4) {
        auto const block = value_of(from[0], 0) | value_of(from[1], 1) | value_of(from[2], 2)
            | value_of(from[3], 3);
        seen |= block;
        put(block >> 16);
        put(block >> 8);
        put(block);
    }
    if (rest != 0) {
        auto const block =
            value_of(from[0], 0) | value_of(from[1], 1) | (rest == 3 ? value_of(from[2], 2) : 0);
        seen |= block;
        if ((block & (rest == 2 ? 0xffffU : 0xffU)) != 0)
            return false;
        put(block >> 16);
        if (rest == 3)
            put(block >> 8);
    }
    return (seen & not_in_alphabet) == 0;
}

template <class Octets> std::optional<Octets> decode(std::string_view text)
{
    Octets out;
    if (!decode_into(out, text))
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

bool base64url_decode_into(bytes& out, std::string_view text)
{
    return decode_into(out, text);
}

bool base64url_decode_into(std::string& out, std::string_view text)
{
    return decode_into(out, text);
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

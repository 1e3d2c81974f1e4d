#include "core/base/base64url.hpp"

#include <array>

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
    auto put = [&out](std::uint32_t value) { out.push_back(alphabet[value & 0x3f]); };
    out.reserve(out.size() + (octets.size() * 4 + 2) / 3);
    std::size_t i = 0;
    for (; i + 3 <= octets.size(); i += 3) {
        std::uint32_t const block = static_cast<std::uint32_t>(octets[i]) << 16
            | static_cast<std::uint32_t>(octets[i + 1]) << 8 | octets[i + 2];
        put(block >> 18);
        put(block >> 12);
        put(block >> 6);
        put(block);
    }
    if (octets.size() - i == 1) {
        put(octets[i] >> 2U);
        put(static_cast<std::uint32_t>(octets[i]) << 4);
    } else if (octets.size() - i == 2) {
        std::uint32_t const block = static_cast<std::uint32_t>(octets[i]) << 8 | octets[i + 1];
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

#include "core/crypto/openssl/ecdsa_der.hpp"

#include <algorithm>

namespace core::crypto::openssl {
namespace {

constexpr std::size_t half = 32;
constexpr std::uint8_t sequence = 0x30, integer = 0x02;

/// Appends a number as INTEGER: without leading zeros, except one where the first bit would be a
/// sign.
void append_integer(ecdsa_der& to, byte_view number)
{
    while (number.size() > 1 && number.front() == 0)
        number = number.subspan(1);
    bool const needs_zero = (number.front() & 0x80) != 0;
    to.octets[to.size++] = integer;
    to.octets[to.size++] = static_cast<std::uint8_t>(number.size() + (needs_zero ? 1 : 0));
    if (needs_zero)
        to.octets[to.size++] = 0;
    std::ranges::copy(number, to.octets.begin() + static_cast<std::ptrdiff_t>(to.size));
    to.size += number.size();
}

/// Takes an INTEGER from the front of `from` and writes it with its full length to `to`.
bool take_integer(byte_view& from, std::span<std::uint8_t> to)
{
    if (from.size() < 2 || from[0] != integer || from[1] > from.size() - 2)
        return false;
    auto number = from.subspan(2, from[1]);
    from = from.subspan(2 + number.size());
    if (!number.empty() && number.front() == 0)
        number = number.subspan(1);
    if (number.size() > to.size())
        return false;
    std::ranges::copy(number, to.end() - static_cast<std::ptrdiff_t>(number.size()));
    return true;
}

}  // namespace

ecdsa_der to_der(byte_view signature) noexcept
{
    ecdsa_der der{{}, 2};
    append_integer(der, signature.first(half));
    append_integer(der, signature.last(half));
    der.octets[0] = sequence;
    der.octets[1] = static_cast<std::uint8_t>(der.size - 2);
    return der;
}

std::optional<bytes> from_der(byte_view der)
{
    if (der.size() < 2 || der[0] != sequence || der[1] != der.size() - 2)
        return std::nullopt;
    bytes signature(2 * half);
    auto rest = der.subspan(2);
    auto const to = std::span(signature);
    if (!take_integer(rest, to.first(half)) || !take_integer(rest, to.last(half)) || !rest.empty())
        return std::nullopt;
    return signature;
}

}  // namespace core::crypto::openssl

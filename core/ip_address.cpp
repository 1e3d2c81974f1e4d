#include "core/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <span>
#include <string>

namespace core {
namespace {

constexpr std::size_t address_text_max = 45;  // INET6_ADDRSTRLEN less its zero

ip_address ipv4_at(ip_address const& address, std::size_t offset)
{
    ip_address found;
    std::copy_n(
        address.octets.begin() + static_cast<std::ptrdiff_t>(offset), 4, found.octets.begin()
    );
    return found;
}

bool is_zero_behind(ip_address const& network, unsigned prefix_bits)
{
    for (unsigned bit = prefix_bits; bit < network.size * 8U; ++bit)
        if ((network.octets[bit / 8] >> (7 - bit % 8)) & 1U)
            return false;
    return true;
}

}  // namespace

std::optional<ip_address> parse_ip_address(std::string_view text)
{
    if (text.size() > address_text_max || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::string const terminated(text);
    ip_address address;
    if (::inet_pton(AF_INET, terminated.c_str(), address.octets.data()) == 1)
        return address;
    address.size = 16;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1)
        return address;
    return std::nullopt;
}

std::optional<ip_address> embedded_ipv4(ip_address const& address)
{
    if (address.size != 16)
        return std::nullopt;
    auto const starts_with = [&address](std::span<std::uint8_t const> prefix) {
        return std::equal(prefix.begin(), prefix.end(), address.octets.begin());
    };
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr std::array<std::uint8_t, 12> compatible{};
    constexpr std::array<std::uint8_t, 12> nat64{0, 0x64, 0xff, 0x9b};
    constexpr std::array<std::uint8_t, 2> six_to_four{0x20, 0x02};
    if (starts_with(six_to_four))
        return ipv4_at(address, six_to_four.size());
    if (starts_with(mapped) || starts_with(nat64))
        return ipv4_at(address, mapped.size());
    // :: and ::1 are addresses of their own.
    bool const is_special = std::all_of(
                                address.octets.begin() + 12, address.octets.end() - 1,
                                [](auto octet) { return octet == 0; }
                            )
        && address.octets.back() <= 1;
    if (starts_with(compatible) && !is_special)
        return ipv4_at(address, compatible.size());
    return std::nullopt;
}

bool is_loopback(ip_address const& address)
{
    if (address.size == 4)
        return address.octets[0] == 127;
    ip_address one;
    one.size = 16;
    one.octets.back() = 1;
    constexpr cidr mapped{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, 16}, 104};
    return address == one || contains(mapped, address);
}

std::optional<cidr> parse_cidr(std::string_view text)
{
    auto const slash = text.find('/');
    auto const network = parse_ip_address(text.substr(0, slash));
    if (!network)
        return std::nullopt;
    cidr range{*network, network->size * 8U};
    if (slash == std::string_view::npos)
        return range;
    auto const length = text.substr(slash + 1);
    auto const [end, problem] =
        std::from_chars(length.data(), length.data() + length.size(), range.prefix_bits);
    bool const is_number = problem == std::errc{} && end == length.data() + length.size();
    if (!is_number || range.prefix_bits > network->size * 8U
        || !is_zero_behind(*network, range.prefix_bits))
        return std::nullopt;
    return range;
}

bool contains(cidr const& range, ip_address const& address)
{
    if (range.network.size != address.size)
        return false;
    auto const whole = range.prefix_bits / 8;
    auto const rest = range.prefix_bits % 8;
    auto const& network = range.network.octets;
    if (!std::equal(network.begin(), network.begin() + whole, address.octets.begin()))
        return false;
    return rest == 0 || ((network[whole] ^ address.octets[whole]) >> (8 - rest)) == 0;
}

}  // namespace core

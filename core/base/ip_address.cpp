#include "core/base/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace core {
namespace {

constexpr std::size_t address_text_max = 45;  // INET6_ADDRSTRLEN without its terminating zero

using places = std::array<std::uint8_t, 4>;  // of an IPv4 address's octets in an IPv6 address

ip_address ipv4_at(ip_address const& address, places const& where)
{
    ip_address found;
    for (std::size_t i = 0; i < where.size(); ++i)
        found.octets[i] = address.octets[where[i]];
    return found;
}

constexpr places at_the_end{12, 13, 14, 15};

/// RFC 6052 section 2.2: where prefixes of 48, 56, 64 and 96 bits put it; octet 8 is skipped.
constexpr places behind_prefix[] = {{6, 7, 9, 10}, {7, 9, 10, 11}, {9, 10, 11, 12}, at_the_end};

/// An IPv6 prefix, and where the addresses that begin with it contain an IPv4 address.
struct embedding {
    cidr range;
    places where;
};
constexpr embedding embeddings[] = {
    {{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 16}, 96}, at_the_end},  // mapped
    {{{{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 16}, 96}, at_the_end},        // translated
    {{{{0, 0x64, 0xff, 0x9b}, 16}, 96}, at_the_end},                       // NAT64
    {{{{0x20, 0x02}, 16}, 16}, {2, 3, 4, 5}},                              // 6to4
    {{{{0x20, 0x01, 0, 0}, 16}, 32}, {4, 5, 6, 7}},                        // Teredo's server
};
constexpr cidr compatible{{{}, 16}, 96};
constexpr cidr teredo{{{0x20, 0x01, 0, 0}, 16}, 32};
constexpr cidr local_nat64{{{0, 0x64, 0xff, 0x9b, 0, 1}, 16}, 48};

/// All of ::/96 except :: and ::1, which have a meaning of their own.
bool is_compatible(ip_address const& address)
{
    auto const inner = ipv4_at(address, at_the_end).octets;
    bool const is_special = inner[0] == 0 && inner[1] == 0 && inner[2] == 0 && inner[3] <= 1;
    return contains(compatible, address) && !is_special;
}

/// RFC 5214 section 6.1: 0:5efe or 200:5efe, then the IPv4 address, as the interface identifier;
/// the universal and the group bit may be either.
bool is_isatap(ip_address const& address)
{
    auto const& octets = address.octets;
    return (octets[8] & 0xfcU) == 0 && octets[9] == 0 && octets[10] == 0x5e && octets[11] == 0xfe;
}

/// RFC 4380 section 4: the address of a Teredo client is written with each bit reversed.
ip_address teredo_client(ip_address const& address)
{
    auto found = ipv4_at(address, at_the_end);
    for (std::size_t i = 0; i < 4; ++i)
        found.octets[i] = static_cast<std::uint8_t>(~found.octets[i]);
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

std::string to_text(ip_address const& address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    int const family = address.size == 4 ? AF_INET : AF_INET6;
    ::inet_ntop(family, address.octets.data(), text.data(), text.size());
    return text.data();
}

ip_address unmapped(ip_address const& address)
{
    constexpr cidr mapped = embeddings[0].range;
    return contains(mapped, address) ? ipv4_at(address, at_the_end) : address;
}

std::vector<ip_address> embedded_ipv4(ip_address const& address)
{
    std::vector<ip_address> found;
    for (auto const& [range, where] : embeddings)
        if (contains(range, address))
            found.push_back(ipv4_at(address, where));
    if (contains(teredo, address))
        found.push_back(teredo_client(address));
    if (address.size == 16 && (is_compatible(address) || is_isatap(address)))
        found.push_back(ipv4_at(address, at_the_end));
    if (!contains(local_nat64, address))
        return found;
    // Only the operator knows how long the prefix is, so every reading counts. Readings in
    // 0.0.0.0/8 do not: they are the zeros of another reading, and no translator sends there.
    for (auto const& where : behind_prefix)
        if (auto const inner = ipv4_at(address, where); inner.octets[0] != 0)
            found.push_back(inner);
    return found;
}

bool is_loopback(ip_address const& address)
{
    constexpr ip_address one{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 16};
    auto const used = unmapped(address);
    return used.size == 4 ? used.octets[0] == 127 : used == one;
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

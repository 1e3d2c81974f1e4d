#include "service/net/tls_client_chain.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace service::net {
namespace {

using core::byte_view;

constexpr std::size_t message_head = 4;  // its type and its size
constexpr std::size_t modulus_octets_max = 8192 / 8;
constexpr std::size_t exponent_octets_max = 4;

enum tag : std::uint8_t {
    integer = 0x02,
    bit_string = 0x03,
    identifier = 0x06,
    sequence = 0x30,
    version = 0xa0,
};

constexpr std::string_view unreadable = "The client's certificates cannot be read.";
constexpr std::string_view too_many = "The client shows more certificates than are read.";
constexpr std::string_view unknown_key =
    "A certificate that the client shows has a key of a kind or size that is not accepted.";

// Object identifiers, without their tag and size.
constexpr std::array<std::uint8_t, 9> rsa{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::array<std::uint8_t, 9> rsa_pss{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a};
constexpr std::array<std::uint8_t, 7> on_curve{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 8> p256{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> p384{0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 5> p521{0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::array<std::uint8_t, 3> ed25519{0x2b, 0x65, 0x70};
constexpr std::array<std::uint8_t, 3> ed448{0x2b, 0x65, 0x71};

/// Reads untrusted octets from the front. After the first thing that is not there it gives empty
/// views only, and is_broken() says so.
class reader {
public:
    explicit reader(byte_view from) noexcept : rest_(from) {}

    bool is_broken() const noexcept { return is_broken_; }
    bool at_end() const noexcept { return rest_.empty(); }
    bool is_next(std::uint8_t which) const noexcept { return !at_end() && rest_.front() == which; }

    byte_view take(std::size_t count) noexcept
    {
        if (count > rest_.size()) {
            is_broken_ = true;
            rest_ = {};
            return {};
        }
        auto const taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    std::size_t number(std::size_t octets) noexcept
    {
        std::size_t value = 0;
        for (auto const one : take(octets))
            value = value << 8U | one;
        return value;
    }
    /// What follows a size of that many octets.
    byte_view sized(std::size_t octets) noexcept { return take(number(octets)); }

    /// The content of a DER element, which must have that tag. X.690 section 10.1: "The definite
    /// form of length encoding shall be used, encoded in the minimum number of octets."
    byte_view element(std::uint8_t which) noexcept
    {
        bool const is_right = number(1) == which;
        auto size = number(1);
        bool is_minimal = true;
        if (size >= 0x80) {
            auto const octets = size & 0x7fU;
            bool const is_definite = octets >= 1 && octets <= 3;
            size = is_definite ? number(octets) : SIZE_MAX;
            is_minimal =
                is_definite && size >= 0x80 && (octets == 1 || size >> (8 * (octets - 1)) != 0);
        }
        return take(is_right && is_minimal ? size : SIZE_MAX);
    }

private:
    byte_view rest_;
    bool is_broken_ = false;
};

bool is_one_of(byte_view name, std::initializer_list<byte_view> known) noexcept
{
    return std::ranges::any_of(known, [&](byte_view one) { return std::ranges::equal(one, name); });
}

/// How long a positive INTEGER is without the octet that only says its sign.
std::size_t octets_of(byte_view number) noexcept
{
    return number.size() - (!number.empty() && number.front() == 0 ? 1 : 0);
}

/// key   content of a BIT STRING.
bool is_affordable_rsa(byte_view key) noexcept
{
    reader bits(key);
    bits.take(1);  // how many bits of the last octet are none
    reader numbers(bits.element(tag::sequence));
    auto const modulus = numbers.element(tag::integer);
    auto const exponent = numbers.element(tag::integer);
    return !bits.is_broken() && !numbers.is_broken() && octets_of(modulus) <= modulus_octets_max
        && octets_of(exponent) <= exponent_octets_max;
}

/// info   content of a SubjectPublicKeyInfo. RFC 5280 section 4.1.2.7.
bool is_affordable_key(byte_view info) noexcept
{
    reader parts(info);
    reader algorithm(parts.element(tag::sequence));
    auto const key = parts.element(tag::bit_string);
    auto const kind = algorithm.element(tag::identifier);
    if (parts.is_broken() || algorithm.is_broken())
        return false;
    if (is_one_of(kind, {rsa, rsa_pss}))
        return is_affordable_rsa(key);
    if (is_one_of(kind, {on_curve}))  // named; otherwise its parameters would be a SEQUENCE
        return is_one_of(algorithm.element(tag::identifier), {p256, p384, p521});
    return is_one_of(kind, {ed25519, ed448});
}

std::optional<std::string_view> refusal_of_one(byte_view der) noexcept
{
    reader whole(der);
    reader parts(whole.element(tag::sequence));
    reader body(parts.element(tag::sequence));
    if (body.is_next(tag::version))
        body.element(tag::version);
    body.element(tag::integer);  // its number
    for (int i = 0; i < 4; ++i)  // algorithm, issuer, validity, subject
        body.element(tag::sequence);
    auto const key = body.element(tag::sequence);
    if (whole.is_broken() || parts.is_broken() || body.is_broken())
        return unreadable;
    return is_affordable_key(key) ? std::nullopt : std::optional(unknown_key);
}

}  // namespace

std::optional<std::string_view> refusal_of_shown(byte_view message, bool is_tls13) noexcept
{
    reader whole(message);
    whole.take(message_head);
    if (is_tls13)
        whole.sized(1);  // the context of the request
    reader list(whole.sized(3));
    if (whole.is_broken() || !whole.at_end())
        return unreadable;
    for (std::size_t count = 0; !list.at_end(); ++count) {
        if (count == client_certificates_max)
            return too_many;
        auto const der = list.sized(3);
        if (is_tls13)
            list.sized(2);  // its extensions
        if (list.is_broken())
            return unreadable;
        if (auto why = refusal_of_one(der))
            return why;
    }
    return std::nullopt;
}

}  // namespace service::net

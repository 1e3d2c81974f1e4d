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
    boolean = 0x01,
    integer = 0x02,
    bit_string = 0x03,
    octet_string = 0x04,
    identifier = 0x06,
    sequence = 0x30,
    set = 0x31,
    issuer_id = 0x81,
    subject_id = 0x82,
    version = 0xa0,
    extensions = 0xa3,
};
constexpr std::uint8_t constructed = 0x20;  // of a tag: elements follow
constexpr std::uint8_t class_bits = 0xc0, number_bits = 0x1f;
constexpr std::size_t element_octets_min = 2;

constexpr std::string_view unreadable = "The client's certificates cannot be read.";
constexpr std::string_view too_many = "The client shows more certificates than are read.";
constexpr std::string_view too_many_parts =
    "The client's certificates have more names or extensions than are read.";
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
constexpr std::array<std::uint8_t, 2> of_rfc5280{0x55, 0x1d};                             // id-ce
constexpr std::array<std::uint8_t, 7> of_pkix{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01};  // id-pe

/// Reads untrusted octets from the front. After the first thing that is not there it gives empty
/// views only, and is_broken() says so.
class reader {
public:
    explicit reader(byte_view from) noexcept : rest_(from) {}

    bool is_broken() const noexcept { return is_broken_; }
    bool at_end() const noexcept { return rest_.empty(); }
    bool is_next(std::uint8_t which) const noexcept { return !at_end() && rest_.front() == which; }
    /// The next octet, which stays. Not at the end.
    std::uint8_t next() const noexcept { return rest_.front(); }

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

    /// The content of a DER element, which must have that tag.
    byte_view element(std::uint8_t which) noexcept { return take(size_after(which)); }
    /// Goes into such an element: what follows is its content.
    void enter(std::uint8_t which) noexcept
    {
        if (size_after(which) > rest_.size())
            take(SIZE_MAX);
    }

private:
    /// What a tag and its size announce; SIZE_MAX when it is another tag, or not DER. X.690 section
    /// 10.1: "The definite form of length encoding shall be used, encoded in the minimum number of
    /// octets."
    std::size_t size_after(std::uint8_t which) noexcept
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
        return is_right && is_minimal ? size : SIZE_MAX;
    }

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

/// Whether a library may find elements in an element that does not say so: OpenSSL reads a list
/// whatever its tag says. No element of a list is visible ASCII, as the names in certificates are.
bool may_hide_a_list(std::uint8_t kind, byte_view content) noexcept
{
    bool const is_universal = (kind & class_bits) == 0;
    if (is_universal)
        return (kind | constructed) == tag::sequence || (kind | constructed) == tag::set;
    return !std::ranges::all_of(content, [](std::uint8_t one) {
        return one >= 0x20 && one < 0x7f;
    });
}

/// How many elements are in these octets, at any depth: a library makes objects of each. What is not
/// DER, or may hide a list, counts as the most that it has room for.
std::size_t elements_in(byte_view der) noexcept
{
    reader rest(der);
    std::size_t count = 0;
    for (; !rest.at_end(); ++count) {
        auto const kind = rest.next();
        if ((kind & number_bits) == number_bits) {  // its number is in more octets
            rest.take(SIZE_MAX);
        } else if ((kind & constructed) != 0) {
            rest.enter(kind);
        } else {
            auto const content = rest.element(kind);
            if (may_hide_a_list(kind, content))
                count += content.size() / element_octets_min;
        }
    }
    return rest.is_broken() ? der.size() / element_octets_min : count;
}

/// How many elements an extension has; nullopt = it cannot be read. Values of kinds that the library
/// does not know stay octets.
std::optional<std::size_t> elements_of_extension(reader one) noexcept
{
    auto const kind = one.element(tag::identifier);
    if (one.is_next(tag::boolean))
        one.element(tag::boolean);
    auto const value = one.element(tag::octet_string);
    if (one.is_broken() || !one.at_end())
        return std::nullopt;
    auto const begins_with = [kind](byte_view with) {
        return kind.size() >= with.size() && std::ranges::equal(kind.first(with.size()), with);
    };
    bool const is_read = begins_with(of_rfc5280) || begins_with(of_pkix);
    return 3 + (is_read ? elements_in(value) : 0);  // itself, its identifier and its value
}

/// How many elements what follows the key has; nullopt = it cannot be read. RFC 5280 section 4.1:
/// "issuerUniqueID [1]", "subjectUniqueID [2]", "extensions [3] EXPLICIT Extensions".
std::optional<std::size_t> elements_after_key(reader& body) noexcept
{
    for (auto const unused : {tag::issuer_id, tag::subject_id})
        if (body.is_next(unused))
            body.element(unused);
    if (!body.is_broken() && body.at_end())
        return 0;
    reader wrapped(body.element(tag::extensions));
    reader list(wrapped.element(tag::sequence));
    bool is_good = !wrapped.is_broken() && wrapped.at_end() && !body.is_broken() && body.at_end();
    std::size_t count = 0;
    while (is_good && !list.at_end()) {
        auto const elements = elements_of_extension(reader(list.element(tag::sequence)));
        is_good = elements.has_value();
        count += elements.value_or(0);
    }
    return is_good && !list.is_broken() ? std::optional(count) : std::nullopt;
}

/// elements   of the certificates before it, and then of this one too.
std::optional<std::string_view> refusal_of_one(byte_view der, std::size_t& elements) noexcept
{
    reader whole(der);
    reader parts(whole.element(tag::sequence));
    reader body(parts.element(tag::sequence));
    if (body.is_next(tag::version))
        body.element(tag::version);
    body.element(tag::integer);  // its number
    for (int i = 0; i < 4; ++i)  // algorithm, issuer, validity, subject
        elements += elements_in(body.element(tag::sequence));
    auto const key = body.element(tag::sequence);
    auto const others = elements_after_key(body);
    if (whole.is_broken() || parts.is_broken() || !others)
        return unreadable;
    elements += *others;
    if (elements > client_elements_max)
        return too_many_parts;
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
    std::size_t elements = 0;
    for (std::size_t count = 0; !list.at_end(); ++count) {
        if (count == client_certificates_max)
            return too_many;
        auto const der = list.sized(3);
        if (is_tls13)
            list.sized(2);  // its extensions
        if (list.is_broken())
            return unreadable;
        if (auto why = refusal_of_one(der, elements))
            return why;
    }
    return std::nullopt;
}

}  // namespace service::net

#include "core/keys/openssh_key.hpp"

#include "core/base/base64.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

/// Reads the fields of RFC 4251 section 5 in order. A missing field reads as empty, and good() is
/// false from then on.
class field_reader {
public:
    explicit field_reader(byte_view octets) : rest_(octets) {}

    std::uint32_t number()
    {
        std::uint32_t value = 0;
        for (auto const octet : take(4))
            value = value << 8U | octet;
        return value;
    }
    byte_view string() { return take(number()); }
    /// A positive mpint without its sign octet. RFC 4251 section 5: "Unnecessary leading bytes with
    /// the value 0 or 255 MUST NOT be included."
    byte_view integer()
    {
        constexpr std::uint8_t sign = 0x80;
        auto octets = string();
        bool const is_signed = !octets.empty() && octets[0] >= sign;
        bool const has_zero = !octets.empty() && octets[0] == 0;
        bool const needs_zero = octets.size() > 1 && octets[1] >= sign;
        good_ = good_ && !is_signed && (!has_zero || needs_zero);
        return has_zero ? octets.subspan(1) : octets;
    }
    byte_view rest() const { return rest_; }
    bool good() const { return good_; }
    bool at_end() const { return good_ && rest_.empty(); }

private:
    byte_view take(std::size_t size)
    {
        if (size > rest_.size()) {
            good_ = false;
            rest_ = {};
        }
        auto const taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    byte_view rest_;
    bool good_ = true;
};

bytes copy(byte_view octets)
{
    return {octets.begin(), octets.end()};
}

/// A private number, padded to the full length that a JWK needs.
secret_bytes padded(byte_view number, std::size_t size)
{
    bytes octets(size > number.size() ? size - number.size() : 0, 0);
    octets.insert(octets.end(), number.begin(), number.end());
    return secret_bytes(std::move(octets));
}

constexpr std::string_view malformed = "the OpenSSH key is malformed";
constexpr std::string_view unsupported = "OpenSSH keys of this type are not supported";

/// The curve's name appears twice: in the type and before the point. Both must agree.
result<bytes> read_point(key_family curve, std::string_view type, field_reader& fields)
{
    auto const name = as_text(fields.string());
    auto const point = fields.string();
    if (!fields.good() || !type.ends_with(name) || name.empty())
        return invalid(malformed);
    return crypto::ec_point(curve, point);
}

result<crypto::key_ptr>
read_public_fields(std::string_view type, field_reader& fields, work_budget* budget)
{
    auto const family = key_family_of_openssh(type);
    if (!family)
        return invalid(unsupported);
    if (type_of(*family) == key_type::okp) {
        auto const x = fields.string();
        return fields.at_end() ? crypto::import_okp(*family, x, {}, budget) : invalid(malformed);
    }
    if (type_of(*family) == key_type::rsa) {
        crypto::rsa_parts parts;
        parts.e = copy(fields.integer());
        parts.n = copy(fields.integer());
        return fields.at_end() ? crypto::import_rsa(std::move(parts), budget) : invalid(malformed);
    }
    auto const point = read_point(*family, type, fields);
    if (!point || !fields.at_end())
        return invalid(malformed);
    auto const half = point->size() / 2;
    return crypto::import_ec(
        *family, byte_view(*point).first(half), byte_view(*point).subspan(half), {}, budget
    );
}

result<crypto::key_ptr> read_private_rsa(field_reader& fields, work_budget* budget)
{
    crypto::rsa_parts parts;
    parts.n = copy(fields.integer());
    parts.e = copy(fields.integer());
    parts.d = secret_bytes(fields.integer());
    parts.qi = secret_bytes(fields.integer());
    parts.p = secret_bytes(fields.integer());
    parts.q = secret_bytes(fields.integer());
    if (!fields.good() || parts.d.empty() || parts.p.empty() || parts.qi.empty())
        return invalid(malformed);
    return crypto::import_rsa(std::move(parts), budget);
}

/// The private number and the public key, together in one string, after the public key.
result<crypto::key_ptr>
read_private_okp(key_family curve, field_reader& fields, work_budget* budget)
{
    auto const& sizes = row_of(curve);
    auto const x = fields.string();
    auto const both = fields.string();
    bool const is_whole =
        fields.good() && both.size() == std::size_t{sizes.private_octets} + sizes.public_octets;
    if (!is_whole || !std::ranges::equal(both.subspan(sizes.private_octets), x))
        return invalid(malformed);
    return crypto::import_okp(curve, x, secret_bytes(both.first(sizes.private_octets)), budget);
}

result<crypto::key_ptr>
read_private_fields(std::string_view type, field_reader& fields, work_budget* budget)
{
    auto const family = key_family_of_openssh(type);
    if (!family)
        return invalid(unsupported);
    if (type_of(*family) == key_type::okp)
        return read_private_okp(*family, fields, budget);
    if (type_of(*family) == key_type::rsa)
        return read_private_rsa(fields, budget);
    auto const point = read_point(*family, type, fields);
    auto const d = fields.integer();
    if (!point || !fields.good())
        return invalid(malformed);
    auto const half = point->size() / 2;
    return crypto::import_ec(
        *family, byte_view(*point).first(half), byte_view(*point).subspan(half), padded(d, half),
        budget
    );
}

bool is_padding(byte_view octets)
{
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] != i + 1)
            return false;
    }
    return octets.size() < 256;
}

result<crypto::key_ptr> read_public_blob(byte_view blob, std::string_view type, work_budget* budget)
{
    field_reader fields(blob);
    if (as_text(fields.string()) != type)
        return invalid(malformed);
    return read_public_fields(type, fields, budget);
}

/// Reads the private section, which is not encrypted.
result<crypto::key_ptr> read_private_section(byte_view section, work_budget* budget)
{
    field_reader fields(section);
    if (fields.number() != fields.number())
        return invalid(malformed);
    auto const type = as_text(fields.string());
    auto key = read_private_fields(type, fields, budget);
    if (!key)
        return key;
    fields.string();  // comment
    return fields.good() && is_padding(fields.rest()) ? std::move(key) : invalid(malformed);
}

}  // namespace

result<crypto::key_ptr> read_openssh_public(std::string_view line, work_budget* budget)
{
    if (line.find('\n') != std::string_view::npos)
        return invalid("the text holds more than one OpenSSH key");
    auto const type = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), type.size() + 1));
    auto const blob = base64_decode(line.substr(0, line.find(' ')));
    return blob ? read_public_blob(*blob, type, budget) : invalid(malformed);
}

result<crypto::key_ptr> read_openssh_private(byte_view content, crypto::import_options const& how)
{
    constexpr std::string_view magic{"openssh-key-v1\0", 15};
    if (how.role == key_role::published)
        return invalid("holds a private key; only the public half belongs here");
    if (!as_text(content).starts_with(magic))
        return invalid(malformed);
    field_reader outer(content.subspan(magic.size()));
    auto const cipher = as_text(outer.string());
    auto const kdf = as_text(outer.string());
    auto const options = outer.string();
    if (outer.number() != 1 || cipher.empty())
        return invalid(malformed);
    if (cipher != "none")
        return invalid("encrypted OpenSSH keys are not supported; remove the passphrase with: "
                       "ssh-keygen -p -N '' -f FILE");
    auto const public_blob = outer.string();
    auto const section = outer.string();
    if (!outer.at_end() || kdf != "none" || !options.empty())
        return invalid(malformed);
    auto const type = as_text(field_reader(public_blob).string());
    auto given = read_public_blob(public_blob, type, how.budget);
    if (!given || how.role == key_role::counterpart)
        return given;
    auto key = read_private_section(section, how.budget);
    if (key && thumbprint_input(**given) != thumbprint_input(**key))
        return invalid("the public and private halves of the OpenSSH key do not match");
    return key;
}

}  // namespace core

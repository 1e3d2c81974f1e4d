#include "core/crypto/key_agreement.hpp"

#include "core/crypto/botan/botan_key.hpp"

#include <botan/kdf.h>

namespace core::crypto {
namespace {

void append_number(bytes& out, std::size_t value)
{
    for (unsigned const shift : {24U, 16U, 8U, 0U})
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// Appends a length and "a variable-length string of zero or more octets". RFC 7518 section 4.6.2
void append_field(bytes& out, byte_view octets)
{
    append_number(out, octets.size());
    out.insert(out.end(), octets.begin(), octets.end());
}

/// AlgorithmID, PartyUInfo, PartyVInfo and SuppPubInfo; SuppPrivInfo "SHOULD be the empty octet
/// sequence". RFC 7518 section 4.6.2
bytes other_info(std::string_view name, byte_view apu, byte_view apv, std::size_t size)
{
    bytes info;
    append_field(info, as_bytes(name));
    append_field(info, apu);
    append_field(info, apv);
    append_number(info, size * 8);
    return info;
}

constexpr std::string_view problem = "the two keys do not give a shared secret";

}  // namespace

result<secret_bytes> agree(
    agreement& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
)
{
    auto const z = mine.secret_with(theirs);
    if (!z)
        return invalid_key(problem);
    auto const kdf = Botan::KDF::create_or_throw("SP800-56A(SHA-256)");
    bytes out(size);
    kdf->derive_key(out, z->view(), {}, other_info(name, apu, apv, size));
    return secret_bytes(std::move(out));
}

result<secret_bytes> agree(
    key const& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
)
{
    bool const can_agree = mine.family() == theirs.family() && mine.is_private()
        && agreement_families.contains(mine.family());
    auto const made = can_agree ? make_agreement(mine) : nullptr;
    if (!made)
        return invalid_key(problem);
    return agree(*made, theirs, name, apu, apv, size);
}

}  // namespace core::crypto

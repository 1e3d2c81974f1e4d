#include "core/inspect/inspect_signature.hpp"

#include "core/algorithms/signature_algorithm.hpp"

#include <algorithm>

namespace core {
namespace {

/// Octets of a MAC. RFC 7518 section 3.2
std::size_t mac_octets(hash of)
{
    switch (of) {
    case hash::sha256: return 32;
    case hash::sha384: return 48;
    case hash::sha512: return 64;
    case hash::none:
    case hash::sha1:
    case hash::shake256: break;
    }
    return 0;
}

/// Whether signatures of this alg can have that length. For RSA the key decides.
bool may_have_length(signature_algorithm const& row, std::size_t octets)
{
    if (row.scheme == signature_scheme::hmac)
        return octets == mac_octets(row.hash);
    return std::ranges::any_of(key_family_rows, [&](key_family_row const& one) {
        return row.families.contains(one.family)
            && (one.signature_octets == 0 || one.signature_octets == octets);
    });
}

/// Takes an INTEGER of at most 127 octets at the start of a DER text.
bool take_integer(std::string_view& der)
{
    constexpr char integer = 0x02;
    if (der.size() < 3 || der[0] != integer)
        return false;
    auto const size = static_cast<unsigned char>(der[1]);
    if (size == 0 || size > 0x7f || der.size() - 2 < size)
        return false;
    der.remove_prefix(2U + size);
    return true;
}

/// SEQUENCE { r INTEGER, s INTEGER }: RFC 3279 section 2.2.3, what X.509 and most libraries use.
bool is_der_signature(std::string_view octets)
{
    constexpr char sequence = 0x30;
    constexpr char one_octet_of_length = '\x81';
    if (octets.size() < 8 || octets[0] != sequence)
        return false;
    bool const is_long = octets[1] == one_octet_of_length;
    auto const size = static_cast<unsigned char>(octets[is_long ? 2 : 1]);
    auto content = octets.substr(is_long ? 3 : 2);
    return size == content.size() && take_integer(content) && take_integer(content)
        && content.empty();
}

}  // namespace

void inspect_signature(json::value header, std::string_view octets, std::vector<finding>& found)
{
    auto const alg = header.find("alg");
    auto const* const row = alg ? find_signature_algorithm(alg->string()) : nullptr;
    if (row == nullptr || octets.empty() || may_have_length(*row, octets.size()))
        return;
    if (row->scheme == signature_scheme::ecdsa && is_der_signature(octets))
        note(
            found, severity::error, "signature_der",
            "The signature is DER, as X.509 has it; JWS has R and S one after the other, without "
            "any framing (RFC 7518 section 3.4).",
            "signature"
        );
    else
        note(
            found, severity::error, "signature_length",
            "No signature of this alg has this length: it was cut off or belongs to another alg.",
            "signature"
        );
}

}  // namespace core

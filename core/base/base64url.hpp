#pragma once

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

#include <optional>
#include <string>

namespace core {

/// Octets as base64url text without padding.
///
/// Source   RFC 7515 section 2: "Base64 encoding using the URL- and filename-safe character set
///          defined in Section 5 of RFC 4648, with all trailing '=' characters omitted"
std::string base64url_encode(byte_view octets);
/// The same, appended to `out`.
void base64url_append(std::string& out, byte_view octets);
/// How many characters that many octets become.
constexpr std::size_t base64url_size(std::size_t octets) noexcept
{
    return octets / 3 * 4 + (octets % 3 == 0 ? 0 : octets % 3 + 1);
}

/// The octets of base64url text. Each octet string has exactly one text that is accepted.
///
/// text     untrusted.
/// Returns  nullopt for padding, white space, any other character, a length of 4n+1, or unused bits
///          that are not zero.
/// Source   RFC 4648 section 3.5: "implementations MAY chose to reject the encoding if the pad bits
///          have not been set to zero"
std::optional<bytes> base64url_decode(std::string_view text);
/// The same, as a string (JSON text is read from it).
std::optional<std::string> base64url_decode_text(std::string_view text);
/// The same into `out`, whose memory is used again.
///
/// Returns  false for what base64url_decode refuses; `out` then has no meaning.
bool base64url_decode_into(bytes& out, std::string_view text);
bool base64url_decode_into(std::string& out, std::string_view text);

}  // namespace core

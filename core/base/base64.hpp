#pragma once

#include "core/base/bytes.hpp"

#include <optional>
#include <string>

namespace core {

/// Octets as base64 text with padding, on one line.
///
/// Source   RFC 4648 section 4
std::string base64_encode(byte_view octets);

/// The octets of base64 text. For PEM bodies (white space removed before) and x5c.
///
/// text     untrusted.
/// Returns  nullopt unless the text is padded, without white space, of the standard alphabet, and
///          its unused bits are zero.
std::optional<bytes> base64_decode(std::string_view text);

/// The octets of base64 text in whichever form its writer chose: of the standard or the URL
/// alphabet, padded or not, with line breaks or without. All of these mean the same octets.
///
/// text     untrusted.
/// Returns  nullopt for a mix of the alphabets, a wrong number of padding characters, any other
///          character, a length that no octets have, or unused bits that are not zero.
std::optional<bytes> base64_decode_any(std::string_view text);

}  // namespace core

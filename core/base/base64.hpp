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

}  // namespace core

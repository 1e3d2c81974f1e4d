#pragma once

#include "core/base/bytes.hpp"

#include <optional>
#include <string>

namespace core {

/// Octets as base64 text with padding, on one line.
/// Source   RFC 4648 section 4
std::string base64_encode(byte_view octets);

/// The octets of base64 text; nullopt unless it is padded, without white space, and of the standard
/// alphabet, with unused bits zero. For PEM bodies (white space taken out before) and x5c.
std::optional<bytes> base64_decode(std::string_view text);

}  // namespace core

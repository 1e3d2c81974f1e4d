#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace core {

/// How much larger than its compressed form a text may be. (go-jose after CVE-2024-28180: 10
/// times.)
inline constexpr std::size_t inflation_max = 10;

/// DEFLATE without a zlib header, as JWE's zip "DEF" has it.
/// Errors   request_invalid (member plaintext) when the text compresses more than inflation_max
///          times: inflate would refuse it.
/// Source   RFC 7516 section 4.1.3, RFC 1951
result<bytes> deflate(byte_view text);

/// The inverse. Reads the text twice: first for its size, which ends as soon as that exceeds
/// `size_max` or inflation_max times the input, so that nothing of a bomb is ever held.
///
/// compressed   authenticated, but chosen by whoever made the token.
/// Errors   token_too_large; token_malformed (payload, encoding) for anything but one whole stream.
result<secret_bytes> inflate(byte_view compressed, std::size_t size_max);

}  // namespace core

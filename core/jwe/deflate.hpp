#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace core {

/// How many times larger than its compressed form a text may be. (As in go-jose after
/// CVE-2024-28180.)
inline constexpr std::size_t inflation_max = 10;

/// Compresses by DEFLATE without a zlib header, which JWE calls zip "DEF".
///
/// Errors   request_invalid (member plaintext) when the text compresses more than inflation_max
///          times: inflate would refuse it.
/// Source   RFC 7516 section 4.1.3, RFC 1951
result<bytes> deflate(byte_view text);

/// The inverse. Reads the text twice. The first time finds its size, and stops when that exceeds
/// `size_max` or inflation_max times the input, so that a decompression bomb takes no memory.
///
/// compressed  authenticated, but chosen by whoever made the token.
/// size_max    octets.
/// Errors      token_too_large; token_malformed (payload, encoding) unless it is exactly one whole
///             stream.
result<secret_bytes> inflate(byte_view compressed, std::size_t size_max);

}  // namespace core

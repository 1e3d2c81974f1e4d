#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/jwe/limits.hpp"

#include <algorithm>
#include <cstddef>

namespace core {

/// The longest text that may come out of a compressed one: 250 KiB, and beyond that 10 times its
/// compressed size. (As in go-jose after CVE-2024-28180.) A short text that repeats itself may
/// shrink to a thousandth, so the ratio means nothing before the text is long.
constexpr std::size_t inflated_size_max(std::size_t compressed_size) noexcept
{
    constexpr std::size_t ratio = 10;
    return std::max(jwe_bytes_max, ratio * compressed_size);
}

/// Compresses by DEFLATE without a zlib header, which JWE calls zip "DEF".
///
/// Errors   request_invalid (member plaintext) when the text is longer than inflated_size_max:
///          inflate would refuse it.
/// Source   RFC 7516 section 4.1.3, RFC 1951
result<bytes> deflate(byte_view text);

/// The inverse. Reads the text twice. The first time finds its size, and stops when that exceeds
/// `size_max` or inflated_size_max, so that a decompression bomb takes no memory.
///
/// compressed  authenticated, but chosen by whoever made the token.
/// size_max    octets.
/// Errors      token_too_large; token_malformed (payload, encoding) unless it is exactly one whole
///             stream.
result<secret_bytes> inflate(byte_view compressed, std::size_t size_max);

}  // namespace core

#pragma once

#include <cstddef>
#include <cstdint>

namespace core {

/// Longest JWE that is made or read, and longest plaintext that is not compressed: python-jose's
/// limit.
inline constexpr std::size_t jwe_bytes_max = 250U * 1024U;

/// Bounds of PBES2's iteration count (p2c). RFC 7518 section 4.8.1.2: "A minimum iteration count of
/// 1000 is RECOMMENDED". Without a maximum a token could ask for hours of work.
inline constexpr std::int64_t p2c_min = 1000;
/// The usual maximum: twice what OWASP asks for with SHA-256 (600,000, in 2023).
inline constexpr std::int64_t p2c_max = 1'200'000;
/// The most that a maximum may be: about 5 s of SHA-256.
inline constexpr std::int64_t p2c_max_highest = 10'000'000;
/// What is written unless the sender asks for another count, or the maximum is lower. Earlier
/// releases read no more than this.
inline constexpr std::int64_t p2c_written = 310'000;

}  // namespace core

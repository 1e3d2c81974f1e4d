#pragma once

#include <cstddef>
#include <cstdint>

namespace core {

/// Longest JWE that is made or read, and longest plaintext after inflation: python-jose's limit.
inline constexpr std::size_t jwe_bytes_max = 250U * 1024U;

/// Bounds of PBES2's iteration count. RFC 7518 section 4.8.1.2: "A minimum iteration count of 1000
/// is RECOMMENDED". Without the maximum a token could ask for seconds of work.
inline constexpr std::int64_t p2c_min = 1000;
inline constexpr std::int64_t p2c_max = 310'000;

}  // namespace core

#pragma once

#include "core/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace core::crypto {

/// Computes the numbers with which an ES256 signature is checked: everything before the points of
/// the curve. All of it is public. Only one thread may use an object at a time.
class es256_numbers {
public:
    es256_numbers();
    es256_numbers(es256_numbers const&) = delete;
    es256_numbers& operator=(es256_numbers const&) = delete;
    ~es256_numbers();

    using number = std::array<std::uint8_t, 32>;  ///< big-endian, less than the curve's order n
    struct factors {
        number u1;  ///< of the generator: h/s modulo n
        number u2;  ///< of the public key: r/s modulo n
    };

    /// signature  untrusted, any length.
    /// Returns    nullopt unless it is R || S of 64 octets with both numbers in [1, n - 1].
    /// Source     FIPS 186-5 section 6.4.2, steps 1 to 5; RFC 7518 section 3.4
    std::optional<factors> of_message(byte_view message, byte_view signature);
    /// The same.
    ///
    /// digest     32 octets, of any value.
    std::optional<factors> of_digest(byte_view digest, byte_view signature) const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace core::crypto

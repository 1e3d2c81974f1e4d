#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/work_budget.hpp"

#include <cstddef>

/// What work costs, so that it can be charged before it is done. The figures are upper estimates
/// for one core of the reference machine; tests/bench/work_costs measures them.
namespace core::costs {

/// Text that is read once: base64url, JSON, PEM.
work of_reading(std::size_t octets) noexcept;
work of_hashing(std::size_t octets) noexcept;

/// One signature over `octets` of input, with a key of `bits`.
work of_verifying(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets
) noexcept;
work of_signing(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets
) noexcept;

/// Getting the content encryption key with one private key or secret, or sending it to one
/// recipient; without the stretching of a password.
work of_opening(
    key_management_algorithm const& row, key_family family, std::size_t bits
) noexcept;
work of_sealing(
    key_management_algorithm const& row, key_family family, std::size_t bits
) noexcept;
/// The stretching of a password (PBKDF2). RFC 7518 section 4.8
///
/// iterations  p2c, not negative.
work of_stretching(key_management_algorithm const& row, std::size_t iterations) noexcept;
/// Encrypting or decrypting `octets` of content and authenticating them.
work of_content(content_encryption_algorithm const& enc, std::size_t octets) noexcept;
/// octets   of the text that is not compressed.
work of_deflating(std::size_t octets) noexcept;
work of_inflating(std::size_t octets) noexcept;

/// Which half of a key is imported, and so how much of it is checked or computed.
enum class key_half : std::uint8_t {
    public_half,
    private_half,
    private_without_primes,  ///< RSA: the primes are recovered
};
/// Checking the numbers of a key in a request, and computing the half that it does not say.
work of_importing(key_family family, std::size_t bits, key_half half) noexcept;

}  // namespace core::costs

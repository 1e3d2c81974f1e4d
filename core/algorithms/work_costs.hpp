#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/work_budget.hpp"

#include <cstddef>
#include <cstdint>

/// What work costs, so that it can be charged before it is done: the figures of work_costs.cpp,
/// which tests/bench/work_costs measures. They are upper estimates, about 1.2 times what was
/// measured, with a key that was never used before: the keys of strangers are not kept. However
/// large the parameters are, no price is above work_max.
///
/// The reference core, whose time is charged, is one that does the reference work of
/// tests/bench/work_costs.cpp (1400 products of numbers of 2048 bits) in 1 ms. It has instructions
/// for AES and SHA-256; on a core without them these take several times longer.
namespace core::costs {

/// JSON that is read once, of the slowest kind: many short members. Also a JWK's members, PEM and
/// DER; the arithmetic of a key is in of_importing.
work of_reading(std::size_t octets) noexcept;
/// A certificate, all of which is parsed: the slowest kind has many names.
work of_certificate(std::size_t octets) noexcept;
/// A reply's text, written as JSON and sent.
work of_writing(std::size_t octets) noexcept;
/// base64url, of `digits`. Encoding is the slower one.
work of_decoding(std::size_t digits) noexcept;
work of_encoding(std::size_t digits) noexcept;
/// algorithm  none = the slowest.
work of_hashing(std::size_t octets, hash algorithm = hash::none) noexcept;

/// The exponent of nearly all RSA keys, in verifying and sealing.
inline constexpr std::uint32_t usual_exponent = 65537;

/// Looking for each of `entries` in a text of `octets`.
work of_searching(std::size_t entries, std::size_t octets) noexcept;

/// One signature over `octets` of input, with a key of `bits`.
///
/// exponent  of an RSA key: the largest that import allows takes 3.4 times as long as the usual.
/// by        the library that signs: OpenSSL needs less than half of Botan's time for RSA.
work of_verifying(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets,
    std::uint32_t exponent = usual_exponent
) noexcept;
work of_signing(
    signature_algorithm const& row, key_family family, std::size_t bits, std::size_t octets,
    crypto_provider by = crypto_provider::botan
) noexcept;

/// Getting the content encryption key with one private key or secret, or sending it to one
/// recipient; without the stretching of a password.
///
/// party_octets  of apu and apv together: every recipient hashes them.
/// exponent      as for of_verifying.
/// by            the library that opens, as for of_signing.
work of_opening(
    key_management_algorithm const& row, key_family family, std::size_t bits,
    std::size_t party_octets = 0, crypto_provider by = crypto_provider::botan
) noexcept;
work of_sealing(
    key_management_algorithm const& row, key_family family, std::size_t bits,
    std::size_t party_octets = 0, std::uint32_t exponent = usual_exponent
) noexcept;
/// The stretching of a password (PBKDF2). RFC 7518 section 4.8
///
/// iterations  p2c, not negative.
work of_stretching(key_management_algorithm const& row, std::size_t iterations) noexcept;

enum class content_step : std::uint8_t { sealing, opening };
/// Encrypting or decrypting `octets` of content and authenticating them.
///
/// step     opening is up to 2.5 times faster with AES-CBC.
work of_content(
    content_encryption_algorithm const& enc, std::size_t octets,
    content_step step = content_step::sealing
) noexcept;
/// octets   of the text that is not compressed.
work of_deflating(std::size_t octets) noexcept;
/// octets      of the text that is not compressed, or as many as inflate may find.
/// compressed  octets that are inflated. Blocks without content take long, and are read twice if
///             something follows them: 180 us per KiB, most of which few texts take.
work of_inflating(std::size_t octets, std::size_t compressed = 0) noexcept;

/// Which half of a key is imported, and so how much of it is checked or computed.
enum class key_half : std::uint8_t {
    public_half,
    private_half,
    private_without_primes,  ///< RSA: the primes are recovered
};
/// Checking the numbers of a key in a request, and computing the half that it does not say. The
/// text that has them is in of_reading.
work of_importing(key_family family, std::size_t bits, key_half half) noexcept;

}  // namespace core::costs

#pragma once

#include "core/crypto/digest.hpp"
#include "core/crypto/key.hpp"

/// RSA signatures whose encoded message is the test's choice, as only the owner of a key can make
/// them.
namespace raw_rsa {

/// The number to the power of the private exponent, as long as the modulus.
///
/// encoded   less than the modulus.
core::bytes private_power(core::crypto::key const& rsa, core::byte_view encoded);

/// EMSA-PKCS1-v1_5 with this DigestInfo. RFC 8017 section 9.2
///
/// padding   octets of ff between 00 01 and 00; by default as many as fit.
core::bytes pkcs1_encoded(
    std::size_t size, core::byte_view digest_info, std::optional<std::size_t> padding = {}
);

/// DigestInfo of SHA-256, SHA-384 or SHA-512. RFC 8017 section 9.2 note 1
core::bytes digest_info(core::hash algorithm, core::byte_view digest);

/// EMSA-PSS with MGF1 and any salt. RFC 8017 section 9.1.1
///
/// bits     of the modulus.
/// trailer  bc in a right one.
core::bytes pss_encoded(
    core::hash algorithm, core::byte_view digest, core::byte_view salt, std::size_t bits,
    std::uint8_t trailer = 0xbc
);

}  // namespace raw_rsa

#pragma once

#include "core/base/bytes.hpp"

#include <array>
#include <optional>

namespace core::crypto::openssl {

/// ECDSA signatures of P-256 in the two forms that are in use: JWS has R || S, OpenSSL has DER.
/// Source   RFC 7518 section 3.4; RFC 3279 section 2.2.3: "Ecdsa-Sig-Value ::= SEQUENCE { r
/// INTEGER, s INTEGER }"
struct ecdsa_der {
    static constexpr std::size_t octets_max = 72;  // two INTEGERs of 33 octets, three heads of 2
    std::array<std::uint8_t, octets_max> octets;
    std::size_t size;

    byte_view view() const noexcept { return byte_view(octets).first(size); }
};

/// signature   64 octets, with any numbers in them.
ecdsa_der to_der(byte_view signature) noexcept;

/// der        what OpenSSL made.
/// Returns    64 octets; nullopt when it is not two positive numbers of at most 32 octets.
std::optional<bytes> from_der(byte_view der);

}  // namespace core::crypto::openssl

#pragma once

#include "core/base/bytes.hpp"

namespace core::crypto {

/// Whether the encoding is of a point of small order, in any encoding of it. As a public key such a
/// point lets forgeries verify, or makes shared secrets zero. Found in tables, because a set holds
/// up to 128 keys.
///
/// Each takes an encoding of its curve's exact length (RFC 8032 sections 5.1.2 and 5.2.2, RFC 7748
/// section 5).
bool is_small_order_ed25519(byte_view y) noexcept;
bool is_small_order_x25519(byte_view u) noexcept;
/// Of Ed448 (y) and X448 (u).
bool is_small_order_448(byte_view number) noexcept;

/// Whether an Ed25519 point is encoded in the one right way: its y is less than p. Of 32 octets.
///
/// Source   RFC 8032 section 5.1.3: "If the resulting value is >= p, decoding fails."
bool is_canonical_ed25519(byte_view y) noexcept;

}  // namespace core::crypto

#pragma once

#include "core/crypto/key_operations.hpp"

namespace core::crypto {

/// ECDH-ES: the shared secret of two keys of one curve, expanded by the Concat KDF.
///
/// mine      a private key.
/// theirs    a key of the same curve, checked when it was imported.
/// name      AlgorithmID: the enc for direct agreement, otherwise the alg.
/// apu, apv  PartyUInfo and PartyVInfo, as octets.
/// size      how many octets are wanted.
/// Errors    key_invalid when the curves differ, `mine` is not private, or the shared secret is
///           zero.
/// Source    RFC 7518 section 4.6.2; RFC 8037 section 3.2
result<secret_bytes> agree(
    key const& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
);
/// The same with what is kept of `mine`.
result<secret_bytes> agree(
    agreement& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
);

}  // namespace core::crypto

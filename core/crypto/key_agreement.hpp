#pragma once

#include "core/crypto/key.hpp"

namespace core::crypto {

/// ECDH-ES: the octets that two keys of one curve agree on, stretched by the Concat KDF.
///
/// mine     private; theirs: a key of the same curve, checked when it was imported.
/// name     AlgorithmID: the enc for direct agreement, else the alg.
/// apu, apv PartyUInfo and PartyVInfo, as octets.
/// size     octets wanted.
/// Errors   key_invalid when the curves differ, mine is not private or the agreement gives nothing.
/// Source   RFC 7518 section 4.6.2; RFC 8037 section 3.2
result<secret_bytes> agree(
    key const& mine, key const& theirs, std::string_view name, byte_view apu, byte_view apv,
    std::size_t size
);

}  // namespace core::crypto

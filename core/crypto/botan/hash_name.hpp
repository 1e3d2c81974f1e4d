#pragma once

#include "core/algorithms/signature_algorithm.hpp"

namespace core::crypto {

/// Botan's name of a hash; empty for hash::none.
constexpr std::string_view hash_name(hash algorithm) noexcept
{
    switch (algorithm) {
    case hash::none: return "";
    case hash::sha1: return "SHA-1";
    case hash::sha256: return "SHA-256";
    case hash::sha384: return "SHA-384";
    case hash::sha512: return "SHA-512";
    case hash::shake256: return "SHAKE-256";
    }
    return "";
}

}  // namespace core::crypto

#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/crypto/openssl/libcrypto.hpp"

namespace core::crypto::openssl {

using digest_type = owned<EVP_MD, &libcrypto::EVP_MD_free>;

/// OpenSSL's form of a hash of the SHA family; null when it does not have it.
inline digest_type digest_of(hash algorithm)
{
    auto const named = [](char const* name) {
        return digest_type(find_libcrypto()->EVP_MD_fetch(nullptr, name, nullptr));
    };
    switch (algorithm) {
    case hash::sha1: return named("SHA1");
    case hash::sha256: return named("SHA2-256");
    case hash::sha384: return named("SHA2-384");
    case hash::sha512: return named("SHA2-512");
    case hash::none:
    case hash::shake256: break;
    }
    return nullptr;
}

}  // namespace core::crypto::openssl

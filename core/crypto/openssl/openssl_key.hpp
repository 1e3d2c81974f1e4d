#pragma once

#include "core/crypto/key.hpp"
#include "core/crypto/openssl/libcrypto.hpp"

namespace core::crypto::openssl {

using pkey = owned<EVP_PKEY, &libcrypto::EVP_PKEY_free>;
using pkey_context = owned<EVP_PKEY_CTX, &libcrypto::EVP_PKEY_CTX_free>;

/// OpenSSL's form of a key. Whoever uses it owns it: threads do not share one, so that its blinding
/// needs no lock.
///
/// material   RSA, P-256 or X25519.
/// with_private_half   else only its public half. Private numbers are handed over in locked memory,
/// if the system gives
///            it. Of RSA keys OpenSSL makes copies outside; it wipes them all when the key is
///            freed.
/// Returns    null when OpenSSL cannot use the key.
pkey pkey_of(key const& material, bool with_private_half);

}  // namespace core::crypto::openssl

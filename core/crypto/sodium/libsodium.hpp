#pragma once

#include <sodium.h>

namespace core::crypto::sodium {

// clang-format off
/// Every function of libsodium that is used. To use another one, add it here.
#define SIGNET_LIBSODIUM_FUNCTIONS(each) \
    each(sodium_init) each(sodium_version_string) \
    each(crypto_sign_ed25519_verify_detached) each(crypto_sign_ed25519_detached)
// clang-format on

/// The functions of libsodium. Their names are those of its manual.
struct libsodium {
#define SIGNET_MEMBER(name) decltype(&::name) name;
    SIGNET_LIBSODIUM_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

/// The library, opened and initialised by the first call.
///
/// Returns  null when this machine does not have it, or has one that lacks a function.
libsodium const* find_libsodium();

}  // namespace core::crypto::sodium

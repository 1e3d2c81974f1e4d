#pragma once

#include <secp256k1.h>

namespace core::crypto::secp256k1 {

// clang-format off
/// Every function of libsecp256k1 that is used. To use another one, add it here.
#define SIGNET_LIBSECP256K1_FUNCTIONS(each) \
    each(secp256k1_context_create) each(secp256k1_context_clone) each(secp256k1_context_destroy) each(secp256k1_context_randomize) \
    each(secp256k1_ec_pubkey_parse) each(secp256k1_ecdsa_signature_parse_compact) \
    each(secp256k1_ecdsa_signature_serialize_compact) each(secp256k1_ecdsa_signature_normalize) \
    each(secp256k1_ecdsa_verify) each(secp256k1_ecdsa_sign)
// clang-format on

/// The functions of libsecp256k1. Their names are those of its header.
struct libsecp256k1 {
#define SIGNET_MEMBER(name) decltype(&::name) name;
    SIGNET_LIBSECP256K1_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

/// The library, opened by the first call.
///
/// Returns  null when this machine does not have it, or has one that lacks a function.
libsecp256k1 const* find_libsecp256k1();

}  // namespace core::crypto::secp256k1

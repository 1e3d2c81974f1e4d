#pragma once

// Some functions are marked deprecated in OpenSSL 3 and have no successor. They are used only in
// this folder.
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif
#include "core/crypto/shared_library.hpp"

#include <memory>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace core::crypto::openssl {

// clang-format off
/// Every function of libcrypto that is used. To use another one, add it here.
#define SIGNET_LIBCRYPTO_FUNCTIONS(each) \
    /* the library itself */ \
    each(OPENSSL_init_crypto) each(OpenSSL_version) each(ERR_clear_error) each(CRYPTO_secure_malloc_init) \
    each(CRYPTO_secure_malloc_initialized) each(CRYPTO_secure_used) \
    /* numbers */ \
    each(BN_bin2bn) each(BN_clear_free) each(BN_secure_new) \
    /* keys */ \
    each(OSSL_PARAM_BLD_new) each(OSSL_PARAM_BLD_free) each(OSSL_PARAM_BLD_push_BN) \
    each(OSSL_PARAM_BLD_push_utf8_string) each(OSSL_PARAM_BLD_push_octet_string) \
    each(OSSL_PARAM_BLD_to_param) each(OSSL_PARAM_free) \
    each(EVP_PKEY_CTX_new_from_name) each(EVP_PKEY_CTX_new_from_pkey) each(EVP_PKEY_CTX_free) \
    each(EVP_PKEY_fromdata_init) each(EVP_PKEY_fromdata) each(EVP_PKEY_free) \
    each(EVP_PKEY_new_raw_public_key_ex) each(EVP_PKEY_new_raw_private_key_ex) \
    /* signatures of a digest */ \
    each(EVP_PKEY_verify_init) each(EVP_PKEY_verify) each(EVP_PKEY_sign_init) each(EVP_PKEY_sign) \
    each(EVP_PKEY_CTX_set_signature_md) each(EVP_PKEY_CTX_set_rsa_padding) \
    each(EVP_PKEY_CTX_set_rsa_pss_saltlen) each(EVP_PKEY_CTX_set_rsa_mgf1_md) \
    each(EVP_MD_fetch) each(EVP_MD_free) \
    /* encryption and agreement */ \
    each(EVP_PKEY_decrypt_init) each(EVP_PKEY_decrypt) \
    each(EVP_PKEY_encrypt_init) each(EVP_PKEY_encrypt) \
    each(EVP_PKEY_CTX_set_rsa_oaep_md) \
    each(EVP_PKEY_derive_init) each(EVP_PKEY_derive_set_peer_ex) each(EVP_PKEY_derive)
// clang-format on

/// The functions of OpenSSL's libcrypto. Their names are those of its manual:
/// lib->EVP_MD_fetch(...).
struct libcrypto {
#define SIGNET_MEMBER(name) decltype(&::name) name;
    SIGNET_LIBCRYPTO_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

/// The library, opened and initialised by the first call. It does not read OpenSSL's configuration
/// file, so that what it does is the same on every machine.
///
/// Returns  null when this machine does not have it, or has one that lacks a function.
libcrypto const* find_libcrypto();

/// What private keys may take of its locked memory: a half. The rest is for the numbers of
/// signatures in progress and the threads' random generators. When that memory is full OpenSSL
/// fails: it does not use another.
inline constexpr std::size_t locked_octets = 4U * 1024U * 1024U;
inline constexpr std::size_t locked_octets_of_keys = locked_octets / 2;

/// The library under the name that the build found, for functions that only a part of us needs.
shared_library open_libcrypto() noexcept;

/// Owns an object of libcrypto, which the named function frees:
/// owned<EVP_PKEY, &libcrypto::EVP_PKEY_free>.
template <class Object, auto Free> struct freed_by {
    void operator()(Object* object) const noexcept { (find_libcrypto()->*Free)(object); }
};
template <class Object, auto Free> using owned = std::unique_ptr<Object, freed_by<Object, Free>>;

}  // namespace core::crypto::openssl

#pragma once

#include "core/crypto/shared_library.hpp"

#include <memory>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace service::net {

// clang-format off
/// Every function of libssl that is used. To use another one, add it here. What OpenSSL's headers
/// make of macros that call functions is written out where it is used.
#define SIGNET_LIBSSL_FUNCTIONS(each) \
    each(OPENSSL_init_ssl) each(TLS_server_method) \
    /* one listener */ \
    each(SSL_CTX_new) each(SSL_CTX_free) each(SSL_CTX_ctrl) each(SSL_CTX_set_options) \
    each(SSL_CTX_set_cipher_list) each(SSL_CTX_set_ciphersuites) each(SSL_CTX_set_security_level) \
    each(SSL_CTX_set_session_id_context) each(SSL_CTX_set_timeout) each(SSL_CTX_set_num_tickets) \
    each(SSL_CTX_set_alpn_select_cb) each(SSL_CTX_use_certificate) each(SSL_CTX_use_PrivateKey) \
    each(SSL_CTX_set_verify) each(SSL_CTX_set_verify_depth) each(SSL_CTX_add_client_CA) \
    each(SSL_CTX_get_cert_store) \
    /* one connection */ \
    each(SSL_new) each(SSL_free) each(SSL_ctrl) each(SSL_set_msg_callback) each(SSL_set_bio) \
    each(SSL_set_accept_state) each(SSL_do_handshake) each(SSL_get_error) each(SSL_read_ex) \
    each(SSL_write_ex) each(SSL_pending) each(SSL_has_pending) each(SSL_shutdown) \
    each(SSL_session_reused) each(SSL_get1_peer_certificate) each(SSL_get_peer_cert_chain) \
    each(SSL_get_verify_result)

/// The same of libcrypto, whose loader in core/crypto is behind that room's seam.
#define SIGNET_LIBSSL_CRYPTO_FUNCTIONS(each) \
    each(ERR_clear_error) each(ERR_peek_error) \
    /* octets in and out */ \
    each(BIO_meth_new) each(BIO_meth_set_read_ex) each(BIO_meth_set_write_ex) each(BIO_meth_set_ctrl) \
    each(BIO_new) each(BIO_set_data) each(BIO_get_data) each(BIO_set_init) each(BIO_set_flags) \
    each(BIO_clear_flags) \
    /* keys, certificates and lists of revoked ones */ \
    each(d2i_AutoPrivateKey) each(EVP_PKEY_free) \
    each(d2i_X509) each(X509_free) each(X509_check_private_key) each(X509_check_purpose) each(X509_check_ca) \
    each(X509_get0_notBefore) each(X509_get0_notAfter) each(ASN1_TIME_to_tm) \
    each(X509_get_extension_flags) each(X509_get_extended_key_usage) each(X509_get_ext_d2i) \
    each(GENERAL_NAMES_free) each(OPENSSL_sk_num) each(OPENSSL_sk_value) \
    each(ASN1_STRING_get0_data) each(ASN1_STRING_length) each(X509_digest) each(EVP_sha256) \
    each(d2i_X509_CRL) each(X509_CRL_free) each(X509_CRL_get0_nextUpdate) \
    /* chains */ \
    each(X509_STORE_add_cert) each(X509_STORE_add_crl) each(X509_STORE_set_flags) each(X509_STORE_set_depth) \
    each(X509_STORE_CTX_new) each(X509_STORE_CTX_free) each(X509_STORE_CTX_init) \
    each(X509_STORE_CTX_set_default) each(X509_STORE_CTX_set_verify_cb) each(X509_STORE_CTX_get0_param) \
    each(X509_STORE_CTX_get_current_cert) each(X509_STORE_CTX_get_error_depth) each(X509_STORE_CTX_set_error) \
    each(X509_STORE_CTX_get_error) each(X509_STORE_CTX_get0_chain) \
    each(X509_VERIFY_PARAM_set_auth_level) each(X509_VERIFY_PARAM_set_time) each(X509_verify_cert)
// clang-format on

/// The functions of OpenSSL 3 that TLS listeners need. Their names are those of its manual:
/// lib.SSL_read_ex(...).
struct libssl {
#define SIGNET_MEMBER(name) decltype(&::name) name;
    SIGNET_LIBSSL_FUNCTIONS(SIGNET_MEMBER)
    SIGNET_LIBSSL_CRYPTO_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

/// The library, opened and initialised by the first call. It does not read OpenSSL's configuration
/// file, so that what it does is the same on every machine.
///
/// Returns  null when this machine does not have it, or has one that lacks a function.
libssl const* find_libssl();

/// Owns an object of the library, which the named function frees:
/// owned_by<X509, &libssl::X509_free>.
template <class Object, auto Free> struct freed_by_libssl {
    void operator()(Object* object) const noexcept { (find_libssl()->*Free)(object); }
};
template <class Object, auto Free>
using owned_by = std::unique_ptr<Object, freed_by_libssl<Object, Free>>;

using owned_certificate = owned_by<X509, &libssl::X509_free>;

}  // namespace service::net

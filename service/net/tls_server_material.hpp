#pragma once

#include "service/net/tls_libssl.hpp"
#include "service/net/tls_server_context.hpp"

#include <vector>

/// Reads the texts of a TLS listener's files. Only the tls_server files include this.
namespace service::net {

/// Who the listener is.
struct server_identity {
    std::vector<owned_certificate> chain;  ///< its own first; never empty
    owned_by<EVP_PKEY, &libssl::EVP_PKEY_free> key;
    core::instant not_after{};  ///< of its own
};

/// Whose clients it accepts.
struct client_trust {
    std::vector<owned_certificate> authorities;  ///< empty = clients are not asked
    std::vector<owned_by<X509_CRL, &libssl::X509_CRL_free>> revoked;
};

/// Errors   as tls_server_context::make, of cert_file and key_file.
core::result<server_identity>
read_identity(libssl const& lib, tls_server_material const& from, core::instant now);

/// Errors   as tls_server_context::make, of client_ca_file and crl_file.
core::result<client_trust>
read_trust(libssl const& lib, tls_server_material const& from, core::instant now);

}  // namespace service::net

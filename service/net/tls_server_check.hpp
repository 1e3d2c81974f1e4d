#pragma once

#include <botan/ocsp.h>
#include <botan/tls_policy.h>
#include <botan/x509cert.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace Botan {
class Certificate_Store;
}

namespace service::net {

/// What a TLS server presents. Untrusted; the receiver has limited its size.
struct server_certificates {
    std::vector<Botan::X509_Certificate> const& chain;  ///< its own first
    std::vector<std::optional<Botan::OCSP::Response>> const& stapled;
};

/// Why a server is not the one that we want to talk to; nullopt = it is.
///
/// It is limited in time too: at most ten certificates, whose keys must be is_affordable.
///
/// host     a name, or an IP address without brackets.
/// Returns  a fixed sentence, never a name from a certificate.
std::optional<std::string_view> refusal_of(
    server_certificates const& shown, std::vector<Botan::Certificate_Store*> const& roots,
    std::string_view host, Botan::TLS::Policy const& policy,
    std::chrono::system_clock::time_point now
);

/// Whether the certificate is for this host: its subjectAltName contains the name or the address.
/// The common name never counts. A wildcard must be the whole first label of a name of three or
/// more labels.
///
/// Source   RFC 9525 sections 6.3 (names and wildcards) and 6.4 (addresses)
bool is_for_host(Botan::X509_Certificate const& certificate, std::string_view host);

/// Whether a check with this key ends soon: RSA of at most 8192 bits with an exponent below 2^32,
/// and no curve of the certificate's own making.
bool is_affordable(Botan::Public_Key const& key);

}  // namespace service::net

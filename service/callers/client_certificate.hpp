#pragma once

#include "core/base/time.hpp"

#include <string>
#include <vector>

namespace service {

/// What a client certificate says about its owner. Only the handshake of our own TLS makes one: its
/// chain, its purpose (clientAuth) and the revocation list were checked there. That it is valid now
/// is checked for each request, because a connection may outlive it.
struct client_certificate {
    /// subjectAltName, octet for octet; one that cannot be compared is empty.
    std::vector<std::string> uris;
    std::vector<std::string> dns_names;       ///< subjectAltName, in lower case
    core::instant not_before{}, not_after{};  ///< both are part of the time in which it is valid
    std::string fingerprint;                  ///< SHA-256 of its DER, in hexadecimal
};

/// Source   RFC 5280 section 4.1.2.5: "the period of time from notBefore through notAfter,
///          inclusive"
inline bool is_valid_at(client_certificate const& one, core::instant now) noexcept
{
    return one.not_before <= now && now <= one.not_after;
}

}  // namespace service

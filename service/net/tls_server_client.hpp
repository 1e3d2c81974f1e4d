#pragma once

#include "service/callers/client_certificate.hpp"
#include "service/net/tls_libssl.hpp"

#include <memory>

namespace service::net {

/// What a certificate says that the handshake has accepted: its typed names and its times. A name
/// with octets other than visible ASCII is nobody's, because it could only look like another one;
/// as a URI it is an empty one, which still is a second URI next to a SPIFFE ID. Of more than 64 names
/// none counts: whether they are those of one caller is only known of all.
///
/// Source   RFC 5280 section 4.2.1.6: "uniformResourceIdentifier", "dNSName"
std::shared_ptr<client_certificate const> describe(libssl const& lib, X509& certificate);

}  // namespace service::net

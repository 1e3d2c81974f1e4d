#pragma once

#include "service/callers/client_certificate.hpp"
#include "service/net/tls_libssl.hpp"

#include <memory>

namespace service::net {

/// What a certificate says that the handshake has accepted: its typed names and its times. A name
/// with octets other than visible ASCII is left out, because it could only look like another one; of
/// more than 64 names the rest is left out.
///
/// Source   RFC 5280 section 4.2.1.6: "uniformResourceIdentifier", "dNSName"
std::shared_ptr<client_certificate const> describe(libssl const& lib, X509& certificate);

}  // namespace service::net

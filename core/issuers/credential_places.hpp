#pragma once

#include "core/base/http_url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Where the credentials of one issuer's fetches may be sent: only what the configuration names. The
/// issuer's metadata may name other places for its keys, and whoever can change the metadata must not
/// learn our credentials.
struct credential_places {
    http_url origin;                ///< of the URL in the configuration: of the keys, or the issuer
    std::vector<std::string> more;  ///< as parse_credential_place reads them
    bool has_far_proxy = false;  ///< a proxy on another machine: also loopback is behind a network
};

/// Reads a further place from the configuration: "host" or "host:port"; without a port it is 443.
///
/// Returns  nullopt for anything else, such as a URL.
std::optional<http_url> parse_credential_place(std::string_view text);

/// Whether credentials stay secret on their way to this URL: https, or http that does not leave the
/// machine.
bool is_secret_way(http_url const& to, bool has_far_proxy);

/// Whether credentials may be sent with a request to this URL: on a secret way, to the configured
/// origin or to one of the further places.
///
/// to       from the configuration or from an issuer's metadata.
/// Source   RFC 6454 section 4: the triple of scheme, host and port is the origin. RFC 6750 section
///          5.3: "Clients MUST always use TLS [RFC5246] (https) or equivalent transport security when
///          making requests with bearer tokens."
bool may_have_credentials(http_url const& to, credential_places const& places);

}  // namespace core

#pragma once

#include "core/base/ip_address.hpp"
#include "core/issuers/discovery.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace config {

/// A header that is added to each fetch.
struct fetch_header {
    std::string name;
    std::string value{};   ///< may be a secret; empty when a file has it
    std::string file{};    ///< has the value and is read for each fetch; empty = none
    std::string before{};  ///< comes before what the file has, such as "Bearer "
    /// Sent only on a way that nobody can read along, and only to the configured origin and to
    /// `credentials_to`.
    bool is_credential = false;
    bool admits_open_file = false;  ///< others on this machine may be able to read the file

    bool operator==(fetch_header const&) const = default;
};

/// How the keys of an issuer are fetched and how long they are good. Names follow the YAML.
struct fetch_settings {
    std::string jwks_uri;  ///< empty = the issuer's own metadata names it (`discovery`)
    core::metadata_form discovery = core::metadata_form::openid;
    std::vector<std::string>
        jwks_hosts;  ///< where that may be, in addition to the issuer's own host

    std::chrono::seconds cache_ttl{300};  ///< when the answer does not say how long
    std::chrono::seconds min_ttl{60};
    std::chrono::seconds max_ttl{86400};
    std::optional<std::chrono::seconds> stale_if_error{86400};  ///< nullopt = `unbounded`
    std::chrono::milliseconds miss_wait{
        1000};  ///< how long a token waits for newer keys that could verify it

    std::chrono::milliseconds connect_timeout{1000};
    std::chrono::milliseconds total_timeout{3000};
    bool allow_insecure_http = false;  ///< beyond loopback, where http is always allowed
    std::string ca_file;               ///< PEM certificates; empty = the system's roots
    /// Files of PEM certificates, and of their private key: read for each fetch, because both are
    /// replaced while the service runs. Empty = none.
    std::string client_cert, client_key;
    std::string proxy_url;
    bool proxy_resolves = false;        ///< the proxy gets names, whose addresses are not checked
    std::vector<fetch_header> headers;  ///< `bearer_file` is one of them
    std::vector<std::string> credentials_to;  ///< core::parse_credential_place reads each
    std::vector<core::cidr> deny_cidrs, allow_cidrs;

    bool required = false;  ///< not ready before its first usable set

    /// Whether fetches send anything that not everybody may learn or use.
    bool has_credentials() const
    {
        return !client_cert.empty()
            || std::ranges::any_of(headers, [](auto const& one) { return one.is_credential; });
    }
};

}  // namespace config

#pragma once

#include "core/base/ip_address.hpp"
#include "core/base/secret.hpp"
#include "core/issuers/discovery.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

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
    std::string client_cert;           ///< PEM certificates; empty = none
    std::shared_ptr<core::secret_bytes const> client_key;
    std::string proxy_url;
    bool proxy_resolves = false;  ///< the proxy gets names, whose addresses are not checked
    std::vector<std::pair<std::string, std::string>> headers;  ///< values may be secrets
    std::vector<core::cidr> deny_cidrs, allow_cidrs;

    bool required = false;  ///< not ready before its first usable set
};

}  // namespace config

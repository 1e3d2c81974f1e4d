#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace config {

struct address;

/// An issuer that development mode plays for the tests of others.
struct dev_issuer {
    std::string name;           ///< a segment of its paths
    std::string alg = "ES256";  ///< or "RS256"
};

/// What development mode does more because its command line asks for it.
struct development_settings {
    bool is_open = false;             ///< `--listen`: anybody who reaches the port can sign
    std::string authority;            ///< the first `--host`; empty = the listener's address
    std::vector<dev_issuer> issuers;  ///< `--dev-issuer`

    bool has_issuer(std::string_view name) const noexcept;
};

/// What the URLs of the development issuers begin with: "http://signet:8080". Never from a request.
///
/// at       the first data listener as it was bound. Every address reads as localhost.
std::string url_of_development(development_settings const& from, address const& at);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"
#include "core/base/secret.hpp"
#include "core/issuers/credential_places.hpp"
#include "service/net/tls_context.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace service {

/// What the origin of one issuer's keys is told about us: headers, and a client certificate. Others
/// replace their files while the service runs (the token of a Kubernetes service account lives for an
/// hour), so each fetch reads them again. Where they may be sent: core/issuers/credential_places.
class origin_credentials {
public:
    /// Reads the certificates once.
    ///
    /// system_roots  where the issuer has no `ca_file`; null = the machine has none.
    /// Throws        startup_error when the certificates cannot be used.
    origin_credentials(
        config::issuer_settings const& issuer, std::shared_ptr<net::tls_context const> system_roots
    );

    /// What one fetch sends.
    struct set {
        std::vector<std::pair<std::string, std::string>> headers{};
        std::shared_ptr<net::tls_context const> tls{};  ///< null: https is not possible
        bool are_withheld = false;  ///< there are credentials, and they must not go there
        std::string problem{};      ///< why a file cannot be used, in a sentence; empty = all were
    };

    /// Whether for_fetch reads files, which may block.
    bool has_files() const noexcept { return has_files_; }
    /// What is sent with a fetch of this URL. One thread at a time.
    set for_fetch(std::string const& url);

private:
    std::string renew_identity();
    std::string use(std::string certificate, core::secret_bytes key);

    config::fetch_settings const from_;
    core::credential_places places_;
    bool has_files_;
    std::shared_ptr<net::tls_context const> anonymous_;
    std::shared_ptr<net::tls_context const> identified_;  // with the client certificate
    std::string certificate_;                             // that identified_ was made of
    core::secret_bytes key_;                              // likewise
};

}  // namespace service

#pragma once

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace service::net {

class tls_server;

/// The contents of a TLS listener's files; the configuration names and reads the files.
struct tls_server_material {
    std::string_view certificates{};  ///< PEM (`cert_file`), ours first, then its issuers
    core::byte_view key{};            ///< (`key_file`), in any form that core::read_key reads
    /// PEM (`client_ca_file`): who may have issued a client's certificate. Empty = clients are not
    /// asked for one.
    std::string_view client_authorities{};
    /// PEM (`crl_file`): the list of every authority of a client's chain. Empty = none is looked at.
    std::string_view revoked{};
    bool requires_client = false;  ///< without a certificate there is no connection
};

/// What every TLS connection of a listener has in common, made of its files at one moment: one
/// generation. Immutable: connections and threads share it. TLS 1.2 and 1.3, and of TLS 1.2 only
/// suites with forward secrecy and AEAD.
///
/// It has ticket keys of its own, so that a session is only resumed with the generation and the
/// listener that it was made with. Where it asks clients for certificates there are no tickets: a
/// resumed session has no chain any more that could be judged again.
class tls_server_context {
public:
    /// Errors   request_invalid with the member at fault (cert_file, key_file, client_ca_file,
    ///          crl_file, or tls when the machine lacks the library) and a fixed sentence:
    ///          something is not PEM, or other than what belongs there; the certificate has
    ///          expired, is not valid yet or not for servers; the key is not that of the
    ///          certificate, or too weak; an authority is none; a list of revoked certificates has
    ///          ended.
    static core::result<std::shared_ptr<tls_server_context const>>
    make(tls_server_material const& material, core::instant now);

    /// When our own certificate ends.
    core::instant not_after() const noexcept;
    /// Whether there is no connection without a client's certificate.
    bool requires_client() const noexcept;
    /// Whether a connection that this or an earlier generation has let in would be let in now, judged
    /// by the certificates that its client showed. Takes about as long as one signature check per
    /// certificate of the client's chain.
    bool still_accepts(tls_server const& connection, core::instant now) const;

    struct parts;  ///< of the library; tls_server_parts.hpp
    explicit tls_server_context(std::unique_ptr<parts> made);
    tls_server_context(tls_server_context const&) = delete;
    tls_server_context& operator=(tls_server_context const&) = delete;
    ~tls_server_context();

    parts const& get() const noexcept { return *parts_; }

private:
    std::unique_ptr<parts> parts_;
};

}  // namespace service::net

#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

#include <memory>
#include <string_view>

namespace service::net {

/// The contents of a TLS client's files; the configuration names and reads the files.
struct tls_material {
    /// PEM certificates (`ca_file`) in place of the system's roots; empty = the system's. A pinned
    /// intermediate or leaf certificate works too.
    std::string_view roots{};
    std::string_view certificate{};  ///< PEM, ours first, then its issuers; empty = none
    core::byte_view key{};           ///< of that certificate, in any form that core::read_key reads
};

/// Whom we trust and who we are as the client of a TLS connection. Immutable: connections and
/// threads can share one. TLS 1.2 is the minimum, and the server's certificate and name are always
/// checked; there is no switch to turn that off.
class tls_context {
public:
    /// Reads the material once, at the start: the system's roots take about 10 ms.
    ///
    /// Errors   request_invalid with the member at fault (ca_file, certificate_file, key_file) and
    ///          a fixed sentence.
    static core::result<std::shared_ptr<tls_context const>> make(tls_material const& material);

    struct parts;  ///< of the library; tls_parts.hpp
    explicit tls_context(std::unique_ptr<parts> made);
    tls_context(tls_context const&) = delete;
    tls_context& operator=(tls_context const&) = delete;
    ~tls_context();

    parts const& get() const noexcept { return *parts_; }

private:
    std::unique_ptr<parts> parts_;
};

}  // namespace service::net

#pragma once

#include "core/base/error.hpp"

#include <span>
#include <string>
#include <string_view>

namespace core {

/// Where an issuer publishes its metadata document.
enum class metadata_form : std::uint8_t {
    openid,  ///< OpenID Connect Discovery 1.0 section 4: path appended to the issuer
    oauth,   ///< RFC 8414 section 3: path inserted before the issuer's own
};

/// The URL of an issuer's metadata document.
///
/// issuer   from configuration, never from a token: an absolute https URL without query and
///          fragment. An http URL is accepted here; the fetcher decides whether it is allowed.
/// Errors   keys_unavailable: the issuer is not such a URL.
/// Source   OpenID Connect Discovery 1.0 section 4: "If the Issuer value contains a path component,
///          any terminating / MUST be removed before appending /.well-known/openid-configuration."
///          RFC 8414 section 3.1: "inserting "/.well-known/" and the well-known URI suffix between
///          the host component and the path component"
result<std::string> metadata_url(std::string_view issuer, metadata_form form);

/// What the operator allows in an issuer's metadata document.
struct metadata_policy {
    std::string_view issuer;  ///< exactly as configured
    bool allow_http = false;  ///< also outside loopback, where plain http is always allowed
    std::span<std::string const> jwks_hosts{};  ///< more hosts: names or IP addresses
};

/// Where a metadata document says that the keys are, or why it is not used.
struct metadata_reading {
    std::string jwks_uri;  ///< as it was written; empty = see `problem`
    /// What is wrong and what the operator can do, in sentences. Values from the document are
    /// quoted: at most 200 characters, only printable ASCII.
    std::string problem;
};

/// Reads an issuer's metadata document. It is used only if its `issuer` is the configured one byte
/// for byte, and if its `jwks_uri` is a URL of an allowed scheme on the issuer's host or a listed
/// one.
///
/// document  untrusted; the fetcher has bounded its size.
/// Source    OpenID Connect Discovery 1.0 section 4.3: "The issuer value returned MUST be identical
///           to the Issuer URL that was used as the prefix to /.well-known/openid-configuration";
///           RFC 8414 section 3.3 says the same
metadata_reading read_metadata(std::string document, metadata_policy const& policy);

}  // namespace core

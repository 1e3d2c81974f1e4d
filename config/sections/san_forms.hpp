#pragma once

#include <string_view>

/// The forms of the names in a client certificate (subjectAltName), as the configuration writes
/// them. They are compared exactly with those of a certificate, so that none may have two spellings.
namespace config {

/// A scheme, and then printable ASCII; at most 2048 bytes.
///
/// Source   RFC 3986 section 3.1
bool is_uri_name(std::string_view text) noexcept;

/// A SPIFFE ID with a path: the ID of a whole trust domain is that of its authority.
///
/// Source   SPIFFE-ID section 2.1: a trust domain has lower-case letters, digits, dots, dashes and
///          underscores; section 2.2: "Path segments ... MUST NOT be empty", nor "." nor ".."
bool is_spiffe_id(std::string_view text) noexcept;

/// Labels of letters, digits, hyphens and underscores, without a dot at the end. No wildcard: a
/// certificate that covers many names does not say which of them calls.
bool is_host_name(std::string_view text) noexcept;

}  // namespace config

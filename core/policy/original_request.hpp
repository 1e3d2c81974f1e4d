#pragma once

#include "core/base/error.hpp"

#include <string_view>

namespace core {

/// What the client asked of the gateway, as the gateway tells it. Views into the callout.
/// Untrusted: the client chose it.
struct original_request {
    std::string_view method;  ///< see is_method
    std::string_view scheme;  ///< "http" or "https"
    std::string_view host;    ///< with its port, if it was given
    std::string_view path;    ///< see read_target
    std::string_view query;   ///< without the '?'
};

/// The longest target that is read, in octets. RFC 9110 section 4.1: "support, at a minimum, URIs
/// with lengths of 8000 octets"
inline constexpr std::size_t target_bytes_max = 8192;
/// The longest method, in octets; the longest that IANA lists has 17.
inline constexpr std::size_t method_bytes_max = 32;

/// Splits a request target into path and query. A path that gateway and application may read in two
/// ways is refused, never normalised.
///
/// target   as the client sent it, not decoded.
/// into     its `path` and `query` are set, and view into `target`.
/// Errors   path_forbidden: the target does not begin with '/', is over target_bytes_max or has a
///          fragment; its path has a space, a non-ASCII character or a '%' without two hex digits;
///          its path has, as it is or decoded, a backslash, ';', a control character, a dot segment
///          or an empty segment before the last; it encodes '/' or '%', or what is not UTF-8.
/// Source   RFC 9112 section 3.2.1; RFC 3986 section 7.3: "as otherwise the decoded octets might
///          be mistaken for delimiters"
result<void> read_target(std::string_view target, original_request& into);

/// Whether a text may be a method.
///
/// Source   RFC 9110 section 9.1: "method = token"
bool is_method(std::string_view text);

}  // namespace core

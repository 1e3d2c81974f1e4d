#pragma once

#include <string_view>

namespace config {

/// Whether an issuer of ours has metadata: an http(s) URL without query and fragment.
///
/// Source   RFC 8414 section 2: "a URL that uses the "https" scheme and has no query or fragment
///          components"
bool has_metadata(std::string_view issuer) noexcept;

/// The issuer without its terminating slash: what is before /.well-known/... in the URLs of our
/// documents. A view into `issuer`.
///
/// Source   OpenID Connect Discovery 1.0 section 4: "any terminating / MUST be removed before
///          appending /.well-known/openid-configuration"
std::string_view base_of_issuer(std::string_view issuer) noexcept;

/// The path of that base: "/tokens" for https://example.com/tokens/; empty when there is none, or
/// no metadata.
std::string_view path_of_issuer(std::string_view issuer) noexcept;

/// The endpoint whose path is above this one or is this one, such as `auth` for "/auth/v1"; empty =
/// none is. Nothing else is served there: gateways put paths of other programs after /auth.
std::string_view endpoint_above(std::string_view path) noexcept;

}  // namespace config

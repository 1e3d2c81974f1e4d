#pragma once

#include "config/values/settings.hpp"

#include <string_view>

/// The paths at which our documents are served in addition to those of the route table, because our
/// issuer has a path, or a series a set of its own. A proxy that removes the issuer's path asks for
/// those of the table.
///
/// path     as requested, untrusted, without query.
namespace service::published {

/// "/tokens/.well-known/jwks.json"
bool is_jwks(std::string_view path, config::settings const& with) noexcept;

/// "/.well-known/jwks/NAME.json", also below the issuer's path, of a series with `publish: apart`.
bool is_jwks_of_series(std::string_view path, config::settings const& with) noexcept;
/// The NAME in such a path.
std::string_view series_in(std::string_view path) noexcept;

/// Both documents, under the issuer's path and with the issuer's path after their own, there with
/// or without a terminating slash.
///
/// Source   OpenID Connect Discovery 1.0 section 4: "concatenating the string
///          /.well-known/openid-configuration to the Issuer"; RFC 8414 section 3.1: "inserting
///          "/.well-known/" and the well-known URI suffix between the host component and the path
///          component"; its section 5 has both forms for both names
bool is_openid_configuration(std::string_view path, config::settings const& with) noexcept;
bool is_oauth_metadata(std::string_view path, config::settings const& with) noexcept;

}  // namespace service::published

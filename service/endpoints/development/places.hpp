#pragma once

#include "config/values/settings.hpp"

#include <string_view>

/// The paths of development issuers: below /dev/NAME, and for RFC 8414 with that path at the end.
/// Without such an issuer none of them exists.
///
/// path     as requested, untrusted, without query.
namespace service::development {

bool is_sign(std::string_view path, config::settings const& with) noexcept;
bool is_rotate(std::string_view path, config::settings const& with) noexcept;
bool is_jwks(std::string_view path, config::settings const& with) noexcept;

/// Source   OpenID Connect Discovery 1.0 section 4: "concatenating the string
///          /.well-known/openid-configuration to the Issuer"; RFC 8414 section 3.1: "inserting
///          "/.well-known/" and the well-known URI suffix between the host component and the path
///          component"
bool is_openid_configuration(std::string_view path, config::settings const& with) noexcept;
bool is_oauth_metadata(std::string_view path, config::settings const& with) noexcept;

/// The NAME in such a path; for any other path some text.
std::string_view name_in(std::string_view path) noexcept;

}  // namespace service::development

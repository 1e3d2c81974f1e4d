#pragma once

#include "core/base/error.hpp"
#include "service/http/request.hpp"

#include <string_view>

namespace service {

/// The token of `Authorization: Bearer <token>`.
///
/// Errors   caller_unauthenticated: no such field, or another scheme; request_invalid: several
///          fields, or no token after the scheme.
/// Source   RFC 6750 section 2.1
core::result<std::string_view> bearer_token(http::request const& request);

/// Whether an Authorization field has what an application may take for a token, also where
/// bearer_token finds none: `Bearer` or `DPoP` in any case, and any white space.
///
/// Source   RFC 9449 section 7.1: "sent using the Authorization request header field [...] with an
///          authentication scheme of DPoP"
bool has_unread_credential(http::request const& request);

}  // namespace service

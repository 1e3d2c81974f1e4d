#pragma once

#include "core/base/error.hpp"
#include "service/http/reply.hpp"
#include "service/http/request.hpp"

#include <string_view>

namespace service {

/// The token of `Authorization: Bearer <token>`.
///
/// Errors   caller_unauthenticated: no such field, or another scheme; request_invalid: several
///          fields, or no token after the scheme.
/// Source   RFC 6750 section 2.1
core::result<std::string_view> bearer_token(http::request const& request);

/// The refusal of /auth: 401 or 403 with an RFC 6750 challenge, or 503, which says of overloaded
/// when to come back. It has no body.
///
/// Source   RFC 6750 section 3.1: "If the request lacks any authentication information ... the
///          resource server SHOULD NOT include an error code"
http::reply bearer_challenge(core::failure const& why);

}  // namespace service

#pragma once

#include "config/values/token_source.hpp"
#include "core/base/error.hpp"
#include "core/policy/original_request.hpp"
#include "service/http/request.hpp"

#include <span>
#include <string_view>

namespace service {

/// The token of the client's request, from the only source that has one.
///
/// call     has the client's Authorization, Cookie and Origin.
/// original what the dialect tells; empty members = it does not tell them.
/// sources  of the profile; a token elsewhere is not looked at, but for a bearer token with
///          another one: the application might take that for whom the request is from. So it is
///          with a DPoP token, and with a parameter or cookie whose name only some applications
///          take for one of the sources.
/// Returns  a view into the call.
/// Errors   caller_unauthenticated: there is none; request_invalid: there are several, or one of them
///          is malformed; origin_forbidden: a cookie with another Origin than the original request's,
///          or without one where the method may change something or a WebSocket begins.
/// Source   RFC 6750 section 2: "Clients MUST NOT use more than one method to transmit the token";
///          RFC 9110 section 9.2.1 (safe methods); RFC 6454 section 6.2; RFC 6455 section 10.2
core::result<std::string_view> token_of(
    http::request const& call, core::original_request const& original,
    std::span<config::token_source const> sources
);

}  // namespace service

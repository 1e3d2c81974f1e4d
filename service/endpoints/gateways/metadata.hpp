#pragma once

#include "core/base/error.hpp"
#include "core/policy/original_request.hpp"
#include "service/http/request.hpp"

#include <string_view>

/// What dialects share in reading what a gateway says about the client's request.
namespace service {

/// The value of a header that the gateway has to send exactly once.
///
/// Errors   request_invalid (member: the name): it is missing, empty or repeated, or there is one
///          that only differs by '_' for '-', which CGI programs cannot tell from it.
/// Source   RFC 3875 section 4.1.18: "any "-" replaced with "_""
core::result<std::string_view> only_field(http::request const& from, std::string_view name);

/// The parts of the original request, each from untrusted text. They set their member of `into`.
///
/// Errors   request_invalid (member: `name`): not a method; not http, https, ws or wss, of which
///          the last two are set as the first two; not a host with an optional port. access_denied:
///          the method has a small letter. Rules know it in capitals, and some applications take
///          `post` for POST, so that a lenient rule would decide what a strict one is for.
core::result<void>
read_method(std::string_view text, std::string_view name, core::original_request& into);
core::result<void>
read_scheme(std::string_view text, std::string_view name, core::original_request& into);
core::result<void>
read_host(std::string_view text, std::string_view name, core::original_request& into);

}  // namespace service

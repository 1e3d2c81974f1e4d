#pragma once

#include "core/json/json.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// Reads one /encrypt request, and checks whether the caller may encrypt to its recipients.
///
/// members  untrusted.
/// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found,
///          key_ambiguous, keys_unavailable, key_invalid; algorithm_unsupported,
///          algorithm_not_allowed (also zip where it is off).
/// Source   product contract, POST /encrypt
core::result<encrypt_request>
read_encrypt_request(request_members members, request_scope const& in);

/// The same for /sign's `encrypt`: a request without its content, compact, cty JWT.
/// Source   RFC 7519 section 5.2
core::result<encrypt_request>
read_nested_encrypt_request(core::json::value members, request_scope const& in);

}  // namespace service

#pragma once

#include "core/json/json.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// Reads one /decrypt request, and checks whether the caller may open tokens with the key. Problems
/// of the token itself are found too, and reported when the request runs.
///
/// members  untrusted.
/// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found,
///          key_invalid; for `verify` those of reading a request to verify.
/// Source   product contract, POST /decrypt
core::result<decrypt_request>
read_decrypt_request(request_members members, request_scope const& in);

}  // namespace service

#pragma once

#include "core/json/json.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/request_scope.hpp"
#include "service/operations/sign_request.hpp"

namespace service {

/// Reads one /sign request, and checks it against its profile and its caller.
///
/// members  untrusted.
/// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found; key_invalid,
///          algorithm_unsupported, algorithm_not_allowed; claims_forbidden, claim_invalid; for
///          `encrypt` those of read_nested_encrypt_request.
/// Source   product contract, POST /sign
core::result<sign_request> read_sign_request(request_members members, request_scope const& in);

}  // namespace service

#pragma once

#include "service/operations/operation.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/verify_terms.hpp"

#include <string>

namespace service {

/// One /verify request, read and checked against its profile.
struct verify_request {
    verify_terms terms;
    std::string token;  ///< untrusted: compact text, or JSON text in mode jws
};

/// Reads one /verify request.
///
/// members  of the request, untrusted.
/// in       who asks: a profile may name its callers.
/// Errors   request_invalid with the member: unknown, of the wrong type, not narrowing the profile;
///          key_invalid for keys in the request; caller_unauthenticated, caller_forbidden.
/// Source   product contract, POST /verify: with a profile, a request can only narrow
core::result<verify_request> read_verify_request(request_members members, request_scope const& in);

/// The same for /decrypt's `verify`: a request without a token, because the token is what was
/// encrypted.
core::result<verify_terms> read_verify_terms(request_members members, request_scope const& in);

}  // namespace service

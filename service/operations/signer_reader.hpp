#pragma once

#include "service/operations/body_reader.hpp"
#include "service/operations/request_scope.hpp"
#include "service/operations/sign_request.hpp"

namespace service {

/// Reads who signs: the key in the request, or the active key of the profile that it names. The
/// header is not read.
///
/// signs_claims  whether the request has claims; a profile signs either claims or payloads.
/// Errors        request_invalid; caller_unauthenticated, caller_forbidden; key_not_found;
///               key_invalid, algorithm_unsupported, algorithm_not_allowed.
core::result<token_signer>
read_signer(body_reader& read, request_scope const& in, bool signs_claims);

/// The same for one entry of `signers`, which signs a payload: its own key, or with `key_name` a
/// series that a profile of kind jws allows to the caller.
core::result<token_signer> read_listed_signer(body_reader& read, request_scope const& in);

}  // namespace service

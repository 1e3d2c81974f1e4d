#pragma once

#include "service/operations/body_reader.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// A recipient, and what is allowed with its key.
struct chosen_recipient {
    token_recipient recipient;
    bool is_inline = false;  ///< the key came with the request
    bool allow_zip = false;
};

/// Reads the recipient of a request, or of one entry of its `recipients`: the key in it, or the
/// configured key that key_name or kid mean; with alg, apu_b64 and apv_b64.
///
/// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found,
///          key_ambiguous, keys_unavailable, key_invalid; algorithm_unsupported,
///          algorithm_not_allowed.
core::result<chosen_recipient> read_recipient(body_reader& read, request_scope const& in);

}  // namespace service

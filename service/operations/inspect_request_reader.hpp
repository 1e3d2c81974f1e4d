#pragma once

#include "core/json/json.hpp"
#include "service/operations/inspect_request.hpp"
#include "service/operations/request_members.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// Reads one /inspect request.
///
/// members  untrusted.
/// Errors   request_invalid; key_invalid.
/// Source   product contract, POST /inspect
core::result<inspect_request>
read_inspect_request(request_members members, request_scope const& in);

}  // namespace service

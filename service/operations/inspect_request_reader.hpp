#pragma once

#include "core/json/json.hpp"
#include "service/operations/inspect_request.hpp"
#include "service/operations/request_scope.hpp"

namespace service {

/// Reads one /inspect request.
///
/// members  untrusted.
/// Errors   request_invalid; key_invalid.
/// Source   product contract, POST /inspect
core::result<inspect_request>
read_inspect_request(core::json::value members, request_scope const& in);

}  // namespace service

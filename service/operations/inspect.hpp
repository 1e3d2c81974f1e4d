#pragma once

#include "service/operations/inspect_request.hpp"
#include "service/operations/operation.hpp"

namespace service {

/// POST /inspect: describes a token or a key, without verifying anything.
///
/// Errors   token_malformed, and those of read_inspect_request.
extern operation<inspect_request> const inspect_operation;

}  // namespace service

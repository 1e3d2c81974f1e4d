#pragma once

#include "service/operations/operation.hpp"
#include "service/operations/verify_request_reader.hpp"

namespace service {

/// POST /verify, where nobody can wait for a missing key.
extern operation<verify_request> const verify_operation;

}  // namespace service

#pragma once

#include "service/http/reply.hpp"
#include "service/operations/operation.hpp"

namespace service {

/// The HTTP reply for the answer of an operation.
http::reply reply_of(operation_answer answer, http::addressee const& to);

}  // namespace service

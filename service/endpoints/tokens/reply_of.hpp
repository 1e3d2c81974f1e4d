#pragma once

#include "service/http/reply.hpp"
#include "service/operations/operation.hpp"

namespace service {

/// The reply that says how an operation ended.
http::reply reply_of(operation_answer answer, http::addressee const& to);

}  // namespace service

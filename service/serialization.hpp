#pragma once

#include "core/jws.hpp"
#include "service/http/json_body.hpp"

namespace service {

/// The member `serialization` of a request to make a token: compact unless it says otherwise.
/// A problem is noted in `read`.
core::serialization read_serialization(http::body_reader& read);

}  // namespace service

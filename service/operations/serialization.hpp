#pragma once

#include "core/jws/serialization.hpp"
#include "service/operations/body_reader.hpp"

namespace service {

/// The member `serialization` of a request to make a token; compact by default. A problem is noted
/// in `read`.
core::serialization read_serialization(body_reader& read);

/// Writes the reply's member `token`: a string in compact form, otherwise a JSON object.
void write_token(core::json::writer& to, core::serialization form, std::string_view token);

}  // namespace service

#pragma once

#include "core/jws/serialization.hpp"
#include "service/operations/body_reader.hpp"

namespace service {

/// The member `serialization` of a request to make a token: compact unless it says otherwise.
/// A problem is noted in `read`.
core::serialization read_serialization(body_reader& read);

/// Writes the reply's member `token`: text in compact form, else the JSON object that it is.
void write_token(core::json::writer& to, core::serialization form, std::string_view token);

}  // namespace service

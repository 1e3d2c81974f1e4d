#pragma once

#include "core/jws/serialization.hpp"
#include "service/operations/body_reader.hpp"

namespace service {

/// The member `serialization` of a request to make a token; compact by default. A problem is noted
/// in `read`.
core::serialization read_serialization(body_reader& read);

/// Begins the reply to a request that made a token: `token` (a string in compact form, otherwise a
/// JSON object), the `kid` of the key where it has one, and `alg`. The caller ends the object.
void begin_token_reply(
    core::json::writer& to, core::serialization form, std::string_view token, std::string_view kid,
    std::string_view alg
);

}  // namespace service

#pragma once

#include "service/operations/sign_request.hpp"

#include <string>
#include <string_view>

namespace service {

/// The body of the 200 that answers a request to sign.
///
/// token    what sign() made of it.
std::string sign_reply(sign_request const& to, std::string_view token);

}  // namespace service

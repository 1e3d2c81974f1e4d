#pragma once

#include "service/operations/encrypt_request.hpp"

#include <string>
#include <string_view>

namespace service {

/// The body of the 200 that answers a request to encrypt.
///
/// token    what encrypt() made of it.
std::string encrypt_reply(encrypt_request const& to, std::string_view token);

}  // namespace service

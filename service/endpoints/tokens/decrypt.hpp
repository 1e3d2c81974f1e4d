#pragma once

#include "service/http/route.hpp"

namespace service {

/// POST /decrypt. Opens a token and, where that is asked for, verifies what is in it.
http::asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here);

}  // namespace service

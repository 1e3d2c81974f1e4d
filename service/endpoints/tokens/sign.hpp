#pragma once

#include "service/http/route.hpp"

namespace service {

/// POST /sign. Signs claims or a payload.
http::asio::awaitable<http::reply> handle_sign(http::request const& request, worker& here);

}  // namespace service

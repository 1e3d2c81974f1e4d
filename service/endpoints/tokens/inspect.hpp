#pragma once

#include "service/http/route.hpp"

namespace service {

/// POST /inspect. Describes a token or a key without verifying anything.
http::asio::awaitable<http::reply> handle_inspect(http::request const& request, worker& here);

}  // namespace service

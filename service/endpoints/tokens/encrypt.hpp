#pragma once

#include "service/http/route.hpp"

namespace service {

/// POST /encrypt. Encrypts claims or any octets.
http::asio::awaitable<http::reply> handle_encrypt(http::request const& request, worker& here);

}  // namespace service

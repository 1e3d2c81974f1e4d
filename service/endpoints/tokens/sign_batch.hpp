#pragma once

#include "service/http/route.hpp"

namespace service {

/// POST /sign/batch. Signs the items of a batch, each as /sign would.
http::asio::awaitable<http::reply> handle_sign_batch(http::request const& request, worker& here);

}  // namespace service

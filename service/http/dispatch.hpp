#pragma once

#include "service/http/route.hpp"

namespace service::http {

/// The reply of a route's handler; a handler that throws is a logged 500.
asio::awaitable<reply> dispatch(route const& to, request const& from, worker& here);

}  // namespace service::http

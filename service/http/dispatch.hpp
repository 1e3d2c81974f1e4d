#pragma once

#include "service/http/route.hpp"

namespace service::http {

/// Calls a route's handler; one that throws is a logged 500.
pending_reply dispatch(route const& to, request const& from, worker& here);

/// Waits for the rest of a reply that dispatch did not give at once; the same for what it throws.
asio::awaitable<reply>
finish_dispatch(asio::awaitable<reply> rest, route const& to, request const& from);

}  // namespace service::http

#pragma once

#include "service/http/route.hpp"

namespace service {

/// Every route of the service.
http::route_table all_routes() noexcept;

}  // namespace service

#pragma once

#include "service/http/route.hpp"

namespace service {

/// Every route that there is.
http::route_table all_routes() noexcept;

}  // namespace service

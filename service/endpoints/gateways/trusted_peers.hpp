#pragma once

#include "core/base/ip_address.hpp"
#include "service/http/request.hpp"

#include <span>

namespace service {

/// Whether a peer may say what a client asked of it: it is in one of the ranges, or uses a Unix
/// socket, which only those can open that its file permits.
///
/// gateways  `server.trusted_proxies`.
bool is_trusted_gateway(peer const& by, std::span<core::cidr const> gateways);

}  // namespace service

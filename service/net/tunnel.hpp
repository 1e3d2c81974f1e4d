#pragma once

#include "service/net/connect.hpp"

namespace service::net {

/// Connects through a proxy: `into` then is a tunnel to the origin, as if it were connected there.
///
/// The proxy is asked for an address that we resolved and guarded, one open address after the other
/// while it refuses, so that it never connects where we must not. With `with.proxy_resolves` it
/// gets the origin's name instead, unless that is an address or has to be this machine.
///
/// last     the end of everything. Resolving the origin's name and each connection to the proxy
///          have connect_limit; the tunnels share what is left.
/// Returns  resolve, forbidden_address, connect, too_large, protocol or timeout; nullopt =
///          connected.
asio::awaitable<std::optional<fetch_failure>> connect_by_proxy(
    asio::ip::tcp::socket& into, destination const& proxy, destination const& origin,
    fetch_target const& with, std::chrono::steady_clock::time_point last
);

}  // namespace service::net

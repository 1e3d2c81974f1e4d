#pragma once

#include "service/net/fetch.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace service::net {

/// One end of a connection to be made.
struct destination {
    std::string host;  ///< a name, or an IP address without brackets
    std::uint16_t port = 0;
    bool is_guarded = true;         ///< false: the operator named this very machine (a proxy)
    bool is_loopback_only = false;  ///< for plain http without leave
};

/// Whether an address may be connected to for this destination.
bool is_open(core::ip_address const& address, destination const& to, fetch_target const& with);

/// Resolves, guards each address and tries the open ones in turn, at most eight. Each has its share
/// of the time that is left of connect_limit, so that one that does not answer leaves some to the
/// next.
///
/// into     not open; connected when nullopt comes back.
/// Returns  resolve, forbidden_address, connect, timeout or cancelled; nullopt = connected.
asio::awaitable<std::optional<fetch_failure>>
connect(asio::ip::tcp::socket& into, destination const& to, fetch_target const& with);

}  // namespace service::net

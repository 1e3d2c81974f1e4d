#pragma once

#include "service/net/fetch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace service::net {

/// The other end of a connection that is to be made.
struct destination {
    std::string host;  ///< a name, or an IP address without brackets
    std::uint16_t port = 0;
    bool is_guarded = true;         ///< false: the operator named this very machine (a proxy)
    bool is_loopback_only = false;  ///< for plain http that is not allowed elsewhere
};

/// Whether an address may be connected to for this destination.
bool is_open(core::ip_address const& address, destination const& to, fetch_target const& with);

asio::ip::tcp::endpoint endpoint_of(core::ip_address const& address, std::uint16_t port);

class [[nodiscard]] addresses_result
    : public boost::system::result<std::vector<core::ip_address>, fetch_failure> {
public:
    using boost::system::result<std::vector<core::ip_address>, fetch_failure>::result;
};

/// Resolves and guards: the addresses of a host that may be connected to, at least one and at most
/// eight, in the name server's order.
///
/// Errors   resolve, forbidden_address, timeout at `end`.
asio::awaitable<addresses_result> find_open(
    destination const& to, fetch_target const& with, std::chrono::steady_clock::time_point end
);

/// Connects to the first of the destination's open addresses that accepts. It connects to the
/// guarded addresses themselves: the name is not resolved a second time. Each address gets its
/// share of the time that is left until `end`, so that one that does not answer leaves time for the
/// next.
///
/// into     not connected, or no longer needed; connected when nullopt is returned.
/// Returns  resolve, forbidden_address, connect, timeout or cancelled; nullopt = connected.
asio::awaitable<std::optional<fetch_failure>> connect(
    asio::ip::tcp::socket& into, destination const& to, fetch_target const& with,
    std::chrono::steady_clock::time_point end
);

}  // namespace service::net

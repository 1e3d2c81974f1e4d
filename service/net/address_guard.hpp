#pragma once

#include "core/base/ip_address.hpp"

#include <span>

namespace service::net {

/// Whether a fetch may connect to an address that a name led to.
///
/// Link-local, cloud metadata, multicast, broadcast, unspecified and discarded addresses are
/// blocked unless `allow` contains them; what `deny` contains is always blocked. Loopback and
/// private addresses are open, because issuers inside a cluster have them.
///
/// An IPv6 address that contains IPv4 addresses (core::embedded_ipv4) is blocked when any of them
/// is, by `deny` or by the built-in list. `allow` only lifts a block from the address that is used:
/// an entry for 169.254.7.7 does not open a translator's address that leads there. A mapped address
/// is the IPv4 address itself.
///
/// address  where the socket would connect, after resolution: a name that was checked before it was
///          resolved can lead elsewhere the second time.
bool may_connect(
    core::ip_address const& address, std::span<core::cidr const> deny,
    std::span<core::cidr const> allow
);

}  // namespace service::net

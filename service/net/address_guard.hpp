#pragma once

#include "core/ip_address.hpp"

#include <span>

namespace service::net {

/// Whether a fetch may connect to an address that a name led to.
///
/// Link-local, cloud metadata, multicast, broadcast and unspecified addresses are blocked unless
/// `allow` holds them; what `deny` holds is blocked whatever `allow` says. Loopback and private
/// addresses are open, because issuers inside a cluster have them. An IPv6 address that stands for
/// an IPv4 one is judged as both.
///
/// address  where the socket would connect, after resolution: a name that was checked before it was
///          resolved can lead elsewhere the second time.
bool may_connect(
    core::ip_address const& address, std::span<core::cidr const> deny,
    std::span<core::cidr const> allow
);

}  // namespace service::net

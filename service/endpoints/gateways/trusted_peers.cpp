#include "service/endpoints/gateways/trusted_peers.hpp"

#include <algorithm>

namespace service {

bool is_trusted_gateway(peer const& by, std::span<core::cidr const> gateways)
{
    if (by.is_unix)
        return true;
    if (gateways.empty())
        return false;
    auto const address = core::parse_ip_address(by.address);
    return address && std::ranges::any_of(gateways, [&](core::cidr const& range) {
               return core::contains(range, *address);
           });
}

}  // namespace service

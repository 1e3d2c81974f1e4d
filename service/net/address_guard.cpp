#include "service/net/address_guard.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace service::net {
namespace {

constexpr std::string_view blocked_text[] = {
    "0.0.0.0/8",        // "this network"; Linux connects 0.0.0.0 to itself. RFC 1122 3.2.1.3
    "169.254.0.0/16",   // link-local, and the metadata of most clouds. RFC 3927
    "224.0.0.0/4",      // multicast. RFC 5771
    "255.255.255.255",  // limited broadcast. RFC 919
    "100.100.100.200",  // Alibaba Cloud's metadata
    "168.63.129.16",    // Azure's wire server
    "192.0.0.192",      // Oracle Cloud's metadata
    "::",               // unspecified. RFC 4291 section 2.5.2
    "fe80::/10",        // link-local. RFC 4291 section 2.5.6
    "ff00::/8",         // multicast. RFC 4291 section 2.7
    "fd00:ec2::/32",    // metadata and other services of AWS
    "fd20:ce::254",     // Google Cloud's metadata
    "fd00:42::42",      // Scaleway's metadata
};

std::vector<core::cidr> const& blocked()
{
    static auto const ranges = [] {
        std::vector<core::cidr> made;
        for (auto const text : blocked_text)
            made.push_back(core::parse_cidr(text).value());
        return made;
    }();
    return ranges;
}

bool holds(std::span<core::cidr const> ranges, core::ip_address const& address)
{
    auto const embedded = core::embedded_ipv4(address);
    return std::ranges::any_of(ranges, [&](core::cidr const& range) {
        return core::contains(range, address) || (embedded && core::contains(range, *embedded));
    });
}

}  // namespace

bool may_connect(
    core::ip_address const& address, std::span<core::cidr const> deny,
    std::span<core::cidr const> allow
)
{
    if (holds(deny, address))
        return false;
    return !holds(blocked(), address) || holds(allow, address);
}

}  // namespace service::net

#include "service/net/address_guard.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace service::net {
namespace {

constexpr std::string_view blocked_text[] = {
    "0.0.0.0/8",           // "this network"; Linux connects 0.0.0.0 to itself. RFC 1122 3.2.1.3
    "169.254.0.0/16",      // link-local, and the metadata of most clouds. RFC 3927
    "192.0.0.0/24",        // protocol assignments, among them Oracle Cloud's metadata. RFC 6890
    "224.0.0.0/4",         // multicast. RFC 5771
    "255.255.255.255",     // limited broadcast. RFC 919
    "100.100.100.200",     // Alibaba Cloud's metadata
    "168.63.129.16",       // Azure's wire server
    "::",                  // unspecified. RFC 4291 section 2.5.2
    "100::/64",            // discard-only. RFC 6666
    "100:0:0:1::/64",      // a dummy. RFC 9780
    "fe80::/10",           // link-local. RFC 4291 section 2.5.6
    "fec0::/10",           // site-local, deprecated. RFC 3879
    "ff00::/8",            // multicast. RFC 4291 section 2.7
    "fd00:ec2::/32",       // metadata and other services of AWS
    "fd20:ce::254",        // Google Cloud's metadata
    "fd00:42::42",         // Scaleway's metadata
    "fd00:c1::a9fe:a9fe",  // Oracle Cloud's metadata
    "fd00:a9fe:a9fe::1",   // Akamai's metadata
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
    return std::ranges::any_of(ranges, [&](core::cidr const& range) {
        return core::contains(range, address);
    });
}

/// The address, and every other address that it may lead to.
bool holds_any_reading(std::span<core::cidr const> ranges, core::ip_address const& address)
{
    return holds(ranges, address)
        || std::ranges::any_of(core::embedded_ipv4(address), [&](core::ip_address const& inner) {
               return holds(ranges, inner);
           });
}

}  // namespace

bool may_connect(
    core::ip_address const& address, std::span<core::cidr const> deny,
    std::span<core::cidr const> allow
)
{
    if (holds_any_reading(deny, address))
        return false;
    return !holds_any_reading(blocked(), address) || holds(allow, core::unmapped(address));
}

}  // namespace service::net

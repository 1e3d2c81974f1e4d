#include "config/values/development_settings.hpp"

#include "config/values/settings.hpp"
#include "core/base/ip_address.hpp"

#include <algorithm>

namespace config {
namespace {

/// "signet:8080" and "[::1]:8080" have a port, "signet" and "[::1]" have none.
bool has_port(std::string_view authority) noexcept
{
    auto const bracket = authority.rfind(']');
    auto const colon = authority.rfind(':');
    return colon != std::string_view::npos
        && (bracket == std::string_view::npos || colon > bracket);
}

std::string name_of(address const& at)
{
    auto const address = core::parse_ip_address(at.host);
    if (address && address->octets == core::ip_address{}.octets)
        return "localhost";
    return at.host.find(':') == std::string::npos ? at.host : "[" + at.host + "]";
}

}  // namespace

bool development_settings::has_issuer(std::string_view name) const noexcept
{
    return std::ranges::find(issuers, name, &dev_issuer::name) != issuers.end();
}

std::string url_of_development(development_settings const& from, address const& at)
{
    auto const name = from.authority.empty() ? name_of(at) : from.authority;
    return "http://" + (has_port(name) ? name : name + ":" + std::to_string(at.port));
}

}  // namespace config

#include "config/settings.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

// in the order of the enumeration
constexpr std::array<std::string_view, 8> endpoint_names{"sign", "verify",    "inspect", "auth",
                                                         "jwks", "discovery", "encrypt", "decrypt"};

}  // namespace

std::string_view to_string(endpoint name) noexcept
{
    return endpoint_names[static_cast<std::size_t>(name)];
}

std::optional<endpoint> endpoint_named(std::string_view name) noexcept
{
    auto const found = std::ranges::find(endpoint_names, name);
    if (found == endpoint_names.end())
        return std::nullopt;
    return static_cast<endpoint>(found - endpoint_names.begin());
}

bool address::is_loopback() const
{
    return is_unix() || host == "::1" || host.starts_with("127.");
}

std::string address::text() const
{
    if (is_unix())
        return "unix:" + unix_path;
    bool const is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace config

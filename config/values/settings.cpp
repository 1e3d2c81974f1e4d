#include "config/values/settings.hpp"

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

bool signs_payloads(settings const& all, std::string_view series) noexcept
{
    return std::ranges::any_of(
               all.sign_profiles,
               [&](auto const& entry) {
                   return entry.second.kind == token_kind::jws && entry.second.key == series;
               }
           )
        || std::ranges::any_of(all.verify_profiles, [&](auto const& entry) {
               return entry.second.mode == token_kind::jws
                   && std::ranges::find(entry.second.series, series) != entry.second.series.end();
           });
}

std::string address::text() const
{
    if (is_unix())
        return "unix:" + unix_path;
    bool const is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace config

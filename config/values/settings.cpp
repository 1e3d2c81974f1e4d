#include "config/values/settings.hpp"

#include "config/values/caller_powers.hpp"

#include <algorithm>
#include <array>

namespace config {

bool address::is_loopback() const
{
    return is_unix() || host == "::1" || host.starts_with("127.");
}

seconds jwks_max_age(settings const& all) noexcept
{
    seconds most = core::jwks_max_age_max;
    for (auto const& [_, one] : all.rotation)
        most = std::min(most, one.plan.lead);
    return std::max(most, seconds(1));
}

core::revoked_keys revoked_in_manifests(settings const& all)
{
    core::revoked_keys found;
    for (auto const& [_, one] : all.rotation)
        found.insert(one.revoked.begin(), one.revoked.end());
    return found;
}

core::instant key_time_floor(settings const& all) noexcept
{
    core::instant floor{};
    for (auto const& [_, one] : all.rotation)
        floor = std::max(floor, one.written_at);
    return floor;
}

core::ring_view view_of(
    core::key_ring const& ring, settings const& all, core::instant now,
    core::revoked_keys const& revoked
)
{
    auto every = revoked_in_manifests(all);
    for (auto const& [kid, at] : revoked)
        every.insert_or_assign(kid, at);
    return ring.view_at(std::max(now, key_time_floor(all)), every);
}

bool is_open_plaintext(listener const& one) noexcept
{
    return !one.tls && !one.address.is_loopback();
}

bool opens_on_tcp(settings const& all, endpoint which) noexcept
{
    return std::ranges::any_of(all.server.listen, [&](listener const& open) {
        return !open.address.is_unix() && open.endpoints.contains(which);
    });
}

bool opens_on_unix(settings const& all, endpoint which) noexcept
{
    return std::ranges::any_of(all.server.listen, [&](listener const& open) {
        return open.address.is_unix() && open.endpoints.contains(which);
    });
}

bool accepts_both_families(settings const& all, address const& at) noexcept
{
    auto const is_in_the_way = [&](listener const& other) {
        auto const& there = other.address;
        bool const is_v4 = !there.is_unix() && there.host.find(':') == std::string::npos;
        return is_v4 && there.port == at.port && at.port != 0;
    };
    return at.host == "::" && std::ranges::none_of(all.admin.listen, is_in_the_way)
        && std::ranges::none_of(all.admin.probes, is_in_the_way)
        && std::ranges::none_of(all.server.listen, is_in_the_way);
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

bool lets_callers_in(settings const& all)
{
    return std::ranges::any_of(all.callers, [&](caller_settings const& one) {
        return can_be_recognised(all, one) && has_something_to_do(all, one);
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

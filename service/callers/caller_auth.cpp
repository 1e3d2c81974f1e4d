#include "service/callers/caller_auth.hpp"

#include "core/base/contains.hpp"

#include <algorithm>

namespace service {
namespace {

using std::chrono::seconds;

core::failure limited(caller_meter& meter, caller_excess what, seconds wait)
{
    meter.count(what);
    core::failure why(core::errc::rate_limited);
    why.retry_after = static_cast<std::uint32_t>(wait.count());
    return why;
}

/// Whether a list that only takes away leaves the name.
bool is_left(std::optional<std::vector<std::string>> const& only, std::string_view name)
{
    return !only || core::contains(*only, name);
}

}  // namespace

core::result<void> authorize(identity const& by, std::span<std::string const> allowed)
{
    if (by.is_anybody())
        return {};
    auto const* const who = by.who();
    if (who == nullptr)
        return by.unauthenticated();
    if (std::ranges::find(allowed, who->settings.name) == allowed.end())
        return core::errc::caller_forbidden;
    return {};
}

core::result<void> authorize_signing(identity const& by, config::sign_profile const& with)
{
    if (auto named = authorize(by, with.callers); !named)
        return named;
    if (!by.is_anybody() && !is_left(by.who()->settings.sign_profiles, with.name))
        return core::errc::caller_forbidden;
    return {};
}

core::result<void>
authorize_opening(identity const& by, std::string_view series, std::span<std::string const> allowed)
{
    if (auto named = authorize(by, allowed); !named)
        return named;
    if (!by.is_anybody() && !is_left(by.who()->settings.decrypt_series, series))
        return core::errc::caller_forbidden;
    return {};
}

core::result<void> authorize_endpoint(identity const& by, config::endpoint which)
{
    if (by.is_two())
        return by.unauthenticated();
    auto const* const who = by.who();
    if (who != nullptr && who->settings.endpoints && !who->settings.endpoints->contains(which))
        return core::failure::of(
            core::errc::caller_forbidden, "The caller may not use this endpoint."
        );
    return {};
}

core::result<void> authorize_role(identity const& by, config::caller_role role)
{
    if (by.is_anybody())
        return {};
    auto const* const who = by.who();
    if (who == nullptr)
        return by.unauthenticated();
    auto const& roles = who->settings.roles;
    if (std::ranges::find(roles, role) == roles.end())
        return core::failure::of(
            core::errc::caller_forbidden, "The caller does not have the role that this needs."
        );
    return {};
}

core::result<caller_lease>
begin_request(identity const& by, std::chrono::steady_clock::time_point now)
{
    auto const* const who = by.who();
    if (who == nullptr)
        return caller_lease();
    auto& meter = *who->meter;
    if (!meter.enter(who->settings.in_flight))
        return limited(meter, caller_excess::in_flight, seconds(1));
    caller_lease lease(who->meter);
    if (auto const taken = take_request(by, now); !taken)
        return taken.error();
    return core::result<caller_lease>(std::move(lease));
}

core::result<void> take_request(identity const& by, std::chrono::steady_clock::time_point now)
{
    auto const* const who = by.who();
    if (who == nullptr || !who->settings.rate.is_limited())
        return {};
    auto const wait = who->meter->take(who->settings.rate, now);
    if (wait)
        return limited(*who->meter, caller_excess::rate, std::chrono::ceil<seconds>(*wait));
    return {};
}

}  // namespace service

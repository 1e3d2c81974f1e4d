#include "service/issuers/issuer_counters.hpp"

#include "service/observe/metric_families.hpp"
#include "service/runtime/clock.hpp"

#include <algorithm>

namespace service {
namespace {

/// Only issuers whose keys are fetched show counts from the start.
label_entries entries_of(config::settings const& from)
{
    auto all = fixed_label_entries();
    for (auto const& one : from.issuers)
        all[index_of(label::fetched_issuer)].push_back(
            {.text = one.name, .shows_zeros = one.fetch.has_value()}
        );
    return all;
}

void add_readings(
    families& to, std::string_view name, issuer_view::one const& one, issuer_state const& state
)
{
    auto const given_away = std::ranges::count(
        state.left_out, core::left_out_reason::private_half_published, &core::left_out_key::reason
    );
    to.add<"signet_jwks_keys">({name}, one.keys ? static_cast<double>(one.keys->keys.size()) : 0);
    to.add<"signet_jwks_stale">({name}, one.is_stale ? 1 : 0);
    to.add<"signet_jwks_fetch_failures">({name}, state.failures);
    to.add<"signet_jwks_private_keys_published">({name}, static_cast<double>(given_away));
    if (state.confirmed_at) {
        auto const old = uptime_now() - *state.confirmed_at;
        to.add<"signet_jwks_age_seconds">({name}, std::chrono::duration<double>(old).count());
    }
    if (state.last_success)
        to.add<"signet_jwks_last_success_timestamp_seconds">(
            {name}, core::numeric_date(*state.last_success)
        );
    if (state.usable_until)
        to.add<"signet_jwks_usable_until_timestamp_seconds">(
            {name}, core::numeric_date(*state.usable_until)
        );
}

}  // namespace

fetch_outcome outcome_of(net::fetch_error error) noexcept
{
    switch (error) {
    case net::fetch_error::resolve: return fetch_outcome::resolve;
    case net::fetch_error::forbidden_address: return fetch_outcome::forbidden_address;
    case net::fetch_error::connect: return fetch_outcome::connect;
    case net::fetch_error::tls: return fetch_outcome::tls;
    case net::fetch_error::timeout: return fetch_outcome::timeout;
    case net::fetch_error::too_large: return fetch_outcome::too_large;
    case net::fetch_error::protocol: return fetch_outcome::protocol;
    case net::fetch_error::redirect: return fetch_outcome::redirect;
    case net::fetch_error::cancelled: return fetch_outcome::cancelled;
    }
    return fetch_outcome::protocol;
}

issuer_counters::issuer_counters(config::settings const& from) : metric_cells(entries_of(from)) {}

bool issuer_counters::has_labels_of(config::settings const& with) const
{
    constexpr auto kind = label::fetched_issuer;
    return entries_of(with)[index_of(kind)] == entries(kind);
}

void add_issuer_readings(families& to, issuer_directory::everything const& now)
{
    for (std::size_t i = 0; i < now.view->issuers.size(); ++i)
        add_readings(to, now.view->settings->issuers[i].name, now.view->issuers[i], now.states[i]);
}

}  // namespace service

#include "service/issuers/issuer_counters.hpp"

#include "service/runtime/clock.hpp"

#include <algorithm>

namespace service {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// in the order of the enumerations
constexpr std::array<std::string_view, fetch_outcome_count> fetch_names{
    "resolve",  "forbidden_address", "connect",   "tls",      "timeout", "too_large",
    "protocol", "redirect",          "cancelled", "replaced", "same",    "emptied",
    "empty",    "foreign",           "status",    "metadata"};
constexpr std::array<std::string_view, miss_outcome_count> miss_names{
    "known", "refetched", "joined", "negative", "suppressed", "crowded", "unavailable"};
constexpr std::array<std::string_view, 2> reason_names{"scheduled", "miss"};

std::uint64_t value_of(cell const& from) noexcept
{
    return from.load(std::memory_order_relaxed);
}

/// The series of one issuer that are what they are now.
struct gauges {
    MetricFamily keys = family("jwks_keys", "Keys in use, by issuer.", MetricType::Gauge);
    MetricFamily stale = family(
        "jwks_stale", "1 while keys are used beyond their ttl because their origin fails.",
        MetricType::Gauge
    );
    MetricFamily age = family(
        "jwks_age_seconds", "Since the keys in use were last confirmed by their origin.",
        MetricType::Gauge
    );
    MetricFamily success = family(
        "jwks_last_success_timestamp_seconds",
        "When an origin last confirmed or replaced the keys.", MetricType::Gauge
    );
    MetricFamily usable_until = family(
        "jwks_usable_until_timestamp_seconds", "When the keys in use end, unless a fetch succeeds.",
        MetricType::Gauge
    );
    MetricFamily failures =
        family("jwks_fetch_failures", "Failed fetches since the last success.", MetricType::Gauge);

    MetricFamily compromised = family(
        "jwks_private_keys_published",
        "Entries of the last set that are not used because their private half is published.",
        MetricType::Gauge
    );

    void add(labels const& issuer, issuer_view::one const& one, issuer_state const& state)
    {
        add_gauge(keys, issuer, one.keys ? static_cast<double>(one.keys->keys.size()) : 0);
        add_gauge(stale, issuer, one.is_stale ? 1 : 0);
        add_gauge(failures, issuer, state.failures);
        auto const given_away = std::ranges::count(
            state.left_out, core::left_out_reason::private_half_published,
            &core::left_out_key::reason
        );
        add_gauge(compromised, issuer, static_cast<double>(given_away));
        if (state.confirmed_at) {
            auto const old = uptime_now() - *state.confirmed_at;
            add_gauge(age, issuer, std::chrono::duration<double>(old).count());
        }
        if (state.last_success)
            add_gauge(success, issuer, core::numeric_date(*state.last_success));
        if (state.usable_until)
            add_gauge(usable_until, issuer, core::numeric_date(*state.usable_until));
    }
};

}  // namespace

std::string_view to_string(fetch_outcome outcome) noexcept
{
    return fetch_names[static_cast<std::size_t>(outcome)];
}

std::string_view to_string(miss_outcome outcome) noexcept
{
    return miss_names[static_cast<std::size_t>(outcome)];
}

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

issuer_counters::issuer_counters(config::settings const& from) : issuers_(from.issuers.size())
{
    for (std::size_t i = 0; i < issuers_.size(); ++i) {
        issuers_[i].name = from.issuers[i].name;
        issuers_[i].is_fetched = from.issuers[i].fetch.has_value();
    }
}

void issuer_counters::count_fetch(
    std::size_t issuer, core::jwks_reason why, fetch_outcome how, std::chrono::nanoseconds took
) noexcept
{
    auto& own = issuers_[issuer];
    add_one(own.fetches[static_cast<std::size_t>(why)][static_cast<std::size_t>(how)]);
    own.fetch_time.observe(took);
}

void issuer_counters::count_miss(std::size_t issuer, miss_outcome how) noexcept
{
    add_one(issuers_[issuer].misses[static_cast<std::size_t>(how)]);
}

void issuer_counters::add_families(
    families& to, issuer_view const& view, std::vector<issuer_state> const& states
) const
{
    auto fetches = family(
        "jwks_fetch_total", "Fetches of keys, by issuer, reason and outcome.", MetricType::Counter
    );
    auto misses = family(
        "jwks_unknown_kid_total", "Tokens of unknown kids, by what became of them.",
        MetricType::Counter
    );
    auto seconds = family(
        "jwks_fetch_duration_seconds", "From the look-up of the origin to its whole answer.",
        MetricType::Histogram
    );
    gauges now;
    for (std::size_t i = 0; i < issuers_.size(); ++i) {
        auto const& own = issuers_[i];
        labels const issuer{{"issuer", own.name}};
        now.add(issuer, view.issuers[i], states[i]);
        if (!own.is_fetched)
            continue;
        for (std::size_t why = 0; why < reason_names.size(); ++why)
            for (std::size_t how = 0; how < fetch_outcome_count; ++how)
                if (auto const value = value_of(own.fetches[why][how]); value != 0)
                    add_counter(
                        fetches,
                        {{"issuer", own.name},
                         {"reason", std::string(reason_names[why])},
                         {"outcome", std::string(fetch_names[how])}},
                        value
                    );
        for (std::size_t how = 0; how < miss_outcome_count; ++how)
            add_counter(
                misses, {{"issuer", own.name}, {"outcome", std::string(miss_names[how])}},
                value_of(own.misses[how])
            );
        add_histogram(seconds, issuer, own.fetch_time);
    }
    for (auto* one :
         {&fetches, &misses, &seconds, &now.keys, &now.stale, &now.age, &now.success,
          &now.usable_until, &now.failures, &now.compromised})
        to.push_back(std::move(*one));
}

}  // namespace service

#include "service/state/profiles.hpp"

#include <algorithm>

namespace service {
namespace {

/// The default types: a payload is not a JWT, and a token without typ does not say what it is.
std::vector<std::string> typ_of(config::verify_profile const& from)
{
    if (!from.typ.empty())
        return from.typ;
    if (from.mode == config::token_kind::jws)
        return {"none"};
    return {"none", "JWT"};
}

core::claims_policy claims_of(config::verify_profile const& from)
{
    core::claims_policy policy;
    policy.audiences = from.audiences;
    policy.strict_audience = from.strict_audience;
    policy.typ = typ_of(from);
    policy.subject_claim = from.subject_claim;
    policy.required = from.required;
    policy.scopes = from.scopes;
    policy.leeway = from.leeway;
    policy.max_age = from.max_age;
    policy.max_lifetime = from.max_lifetime;
    policy.require_exp = !from.no_exp;
    return policy;
}

bool verifies(core::key_state state)
{
    return state == core::key_state::published || state == core::key_state::active
        || state == core::key_state::retiring;
}

void append_keys(core::ring_view::series const& series, std::vector<core::jwk>& to)
{
    for (auto const& key : series.keys) {
        if (verifies(key.state) && key.material->use != core::key_use::enc)
            to.push_back(*key.material);
    }
}

bool is_symmetric(core::ring_view::series const& series)
{
    return std::ranges::any_of(series.keys, [](auto const& key) {
        return key.material->material->family() == core::key_family::secret;
    });
}

/// Whether the series is the one of a `compat: jwt_pro` key.
bool reads_jwt_pro(config::settings const& settings, std::string_view series)
{
    return std::ranges::any_of(settings.keys, [&](core::ring_key const& key) {
        return key.series == series && key.reads_jwt_pro;
    });
}

}  // namespace

profile_set::profile_set(
    config::settings const& settings, core::ring_view const& view, metrics const& counters,
    std::shared_ptr<issuer_view const> others
)
    : others_(std::move(others))
{
    world const in{settings, view, counters};
    for (auto const& [name, from] : settings.verify_profiles) {
        auto& profile = profiles_[name];
        profile.settings = &from;
        profile.metric = counters.profile_index(name);
        profile.claims = claims_of(from);
        if (from.mode == config::token_kind::jws)
            add_payload_series(profile, in);
        for (auto const& issuer : from.issuers)
            add_issuer(profile, issuer, in);
        if (auto const* series = view.find(from.decrypt); series != nullptr)
            profile.opens = opening_keys_of(*series, settings, counters);
    }
}

/// `self` is this service; any other name is a configured issuer, or a series with its own issuer.
void profile_set::add_issuer(ready_profile& profile, std::string const& name, world const& in)
{
    auto const& all = in.settings.issuers;
    auto const other = std::ranges::find(all, name, &config::issuer_settings::name);
    auto const source = other == all.end() ? ready_profile::no_source
                                           : static_cast<std::size_t>(other - all.begin());
    profile.issuer_sources.push_back(source);
    profile.issuer_is_stale.push_back(false);
    profile.issuer_metrics.push_back(in.counters.issuer_index(name));
    if (source != ready_profile::no_source)
        profile.issuers.push_back(other_issuer(profile, source, in));
    else
        profile.issuers.push_back(name == "self" ? ourselves(in) : own_series(name, in));
}

core::trusted_issuer
profile_set::other_issuer(ready_profile& profile, std::size_t source, world const& in)
{
    auto const& from = in.settings.issuers[source];
    auto const now = others_ ? others_->issuers[source] : issuer_view::one{};
    profile.issuer_is_stale.back() = now.is_stale;
    core::trusted_issuer trusted;
    trusted.issuer = from.issuer;
    if (now.keys)
        trusted.keys = now.keys->keys;
    // PEM has no kids that could tell several keys apart, and the operator chose each of them.
    trusted.source = from.is_pem ? core::set_source::own : core::set_source::foreign;
    trusted.algorithms = from.algorithms;
    return trusted;
}

std::vector<core::jwk>& profile_set::new_keys()
{
    return *keys_.emplace_back(std::make_unique<std::vector<core::jwk>>());
}

/// Our key pairs under our issuer URL. Without those that sign payloads: whoever may sign any bytes
/// may sign claims that no profile would allow.
core::trusted_issuer profile_set::ourselves(world const& in)
{
    auto& keys = new_keys();
    for (auto const& series : in.view.all) {
        if (series.issuer == in.settings.issuer && !is_symmetric(series)
            && !config::signs_payloads(in.settings, series.name))
            append_keys(series, keys);
    }
    core::trusted_issuer trusted;
    trusted.issuer = in.settings.issuer;
    trusted.keys = keys;
    return trusted;
}

core::trusted_issuer profile_set::own_series(std::string const& name, world const& in)
{
    auto& keys = new_keys();
    core::trusted_issuer trusted;
    auto const* series = in.view.find(name);
    if (series != nullptr && !config::signs_payloads(in.settings, name)) {
        append_keys(*series, keys);
        trusted.issuer = series->issuer;
    }
    trusted.reads_jwt_pro = reads_jwt_pro(in.settings, name);
    trusted.keys = keys;
    return trusted;
}

/// A payload does not say which series signed it, so all series are one party: kids are unique
/// among our keys, and a secret is never taken for a key pair.
void profile_set::add_payload_series(ready_profile& profile, world const& in)
{
    auto const& names = profile.settings->series;
    auto& keys = new_keys();
    core::trusted_issuer trusted;
    for (auto const& name : names) {
        auto const* series = in.view.find(name);
        if (series == nullptr)
            continue;
        append_keys(*series, keys);
        bool const is_first = name == names.front();
        trusted.issuer = is_first || trusted.issuer == series->issuer ? series->issuer : "";
    }
    trusted.keys = keys;
    profile.issuers.push_back(trusted);
    profile.issuer_sources.push_back(ready_profile::no_source);
    profile.issuer_is_stale.push_back(false);
    profile.issuer_metrics.push_back(
        names.size() == 1 ? in.counters.issuer_index(names.front()) : metrics::other
    );
}

ready_profile const* profile_set::find(std::string_view name) const noexcept
{
    auto const found = profiles_.find(name);
    return found == profiles_.end() ? nullptr : &found->second;
}

}  // namespace service

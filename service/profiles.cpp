#include "service/profiles.hpp"

#include "service/app.hpp"
#include "service/issuers/registry.hpp"

#include <algorithm>

namespace service {
namespace {

core::claims_policy claims_of(config::verify_profile const& from)
{
    core::claims_policy policy;
    policy.audiences = from.audiences;
    policy.strict_audience = from.strict_audience;
    policy.typ = from.typ.empty() ? std::vector<std::string>{"none", "JWT"} : from.typ;
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

core::verify_policy ready_profile::policy() const
{
    core::verify_policy policy;
    policy.mode =
        settings->mode == config::token_kind::jwt ? core::token_mode::jwt : core::token_mode::jws;
    policy.issuers = issuers;
    policy.algorithms = settings->algorithms;
    policy.claims = &claims;
    return policy;
}

profile_set::profile_set(
    config::settings const& settings, core::ring_view const& view, metrics const& counters,
    std::shared_ptr<issuer_view const> others
)
    : others_(std::move(others))
{
    for (auto const& [name, from] : settings.verify_profiles) {
        auto& profile = profiles_[name];
        profile.settings = &from;
        profile.metric = counters.profile_index(name);
        profile.claims = claims_of(from);
        for (auto const& issuer : from.issuers)
            add_issuer(profile, issuer, settings, view, counters);
        if (auto const* series = view.find(from.decrypt); series != nullptr)
            profile.opens = opening_keys_of(*series, settings, counters);
    }
}

/// `self` is our asymmetric signature series under our issuer URL; any other name is a configured
/// issuer, or a series that has an issuer of its own.
void profile_set::add_issuer(
    ready_profile& profile, std::string const& name, config::settings const& settings,
    core::ring_view const& view, metrics const& counters
)
{
    core::trusted_issuer trusted;
    auto const other = std::ranges::find(settings.issuers, name, &config::issuer_settings::name);
    if (other != settings.issuers.end()) {
        auto const source = static_cast<std::size_t>(other - settings.issuers.begin());
        auto const now = others_ ? others_->issuers[source] : issuer_view::one{};
        trusted.issuer = other->issuer;
        if (now.keys)
            trusted.keys = now.keys->keys;
        profile.issuer_sources.push_back(source);
        profile.issuer_is_stale.push_back(now.is_stale);
        trusted.source = core::set_source::foreign;
        trusted.algorithms = other->algorithms;
    } else {
        auto& keys = *keys_.emplace_back(std::make_unique<std::vector<core::jwk>>());
        for (auto const& series : view.all) {
            bool const wanted = name == "self"
                ? series.issuer == settings.issuer && !is_symmetric(series)
                : series.name == name;
            if (wanted)
                append_keys(series, keys);
            if (series.name == name)
                trusted.issuer = series.issuer;
        }
        if (name == "self")
            trusted.issuer = settings.issuer;
        trusted.reads_jwt_pro = reads_jwt_pro(settings, name);
        trusted.keys = keys;
        profile.issuer_sources.push_back(ready_profile::no_source);
        profile.issuer_is_stale.push_back(false);
    }
    profile.issuers.push_back(trusted);
    profile.issuer_names.emplace_back(name);
    profile.issuer_metrics.push_back(counters.issuer_index(name));
}

ready_profile const* profile_set::find(std::string_view name) const noexcept
{
    auto const found = profiles_.find(name);
    return found == profiles_.end() ? nullptr : &found->second;
}

std::shared_ptr<profile_set const> worker::profiles()
{
    auto const& view = ring();
    auto const& others = owner.issuers->board();
    if (!profiles_ || profiles_of_ != view.made_at || issuers_of_ != others.generation()) {
        auto keys = others.view();
        profiles_of_ = view.made_at;
        issuers_of_ = keys->generation;
        profiles_ = std::make_shared<profile_set const>(
            owner.settings, view, owner.metrics, std::move(keys)
        );
    }
    return profiles_;
}

}  // namespace service

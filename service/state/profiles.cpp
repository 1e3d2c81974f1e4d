#include "service/state/profiles.hpp"

#include "service/state/own_issuers.hpp"

#include <algorithm>
#include <set>

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
    policy.any_scopes = from.any_scopes;
    policy.rules = from.claim_rules;
    policy.leeway = from.leeway;
    policy.max_age = from.max_age;
    policy.max_lifetime = from.max_lifetime;
    policy.require_exp = !from.no_exp;
    return policy;
}

using set_ptr = std::shared_ptr<core::jwk_set const>;

/// The set without our own keys. Issuers leave them out when they read a set, but a key may have
/// become ours since then, and whoever may sign with it must not be able to make itself a caller.
set_ptr without_ours(set_ptr set, core::own_keys const& ours, core::set_source source)
{
    bool const has_ours = set && std::ranges::any_of(set->keys, [&](core::jwk const& key) {
                              return ours.contains(*key.material);
                          });
    if (!has_ours)
        return set;
    auto rest = std::make_shared<core::jwk_set>();
    rest->keys = set->keys;
    ours.leave_out(*rest);
    rest->index = core::key_index(rest->keys, source);
    return rest;
}

/// Puts the keys of another issuer in place, those of this moment.
void put_keys(
    ready_profile& into, std::size_t at, issuer_view::one const& now, core::own_keys const& ours
)
{
    auto& trusted = into.issuers[at];
    auto const keys =
        into.settings->is_for_callers ? without_ours(now.keys, ours, trusted.source) : now.keys;
    into.issuer_is_stale[at] = now.is_stale;
    into.issuer_keys[at] = keys;
    trusted.keys = {};
    trusted.index = nullptr;
    if (keys) {
        trusted.keys = keys->keys;
        trusted.index = &keys->index;
    }
    trusted.has_bound_keys =
        std::ranges::any_of(trusted.keys, [](core::jwk const& key) { return !key.issuer.empty(); });
}

bool serves_callers(config::settings const& settings)
{
    return std::ranges::any_of(settings.verify_profiles, [](auto const& one) {
        return one.second.is_for_callers;
    });
}

/// Makes every profile from the settings.
class profile_builder {
public:
    profile_builder(
        config::settings const& settings, core::ring_view const& view, metrics const& counters,
        issuer_view const* others, core::own_keys const& our_keys
    )
        : settings_(settings), view_(view), counters_(counters), others_(others),
          our_keys_(our_keys), ours_(settings, view)
    {
        for (std::size_t i = 0; i < settings.issuers.size(); ++i)
            issuers_.emplace(settings.issuers[i].name, i);
    }

    std::shared_ptr<ready_profile const> make(config::verify_profile const& from)
    {
        auto made = std::make_shared<ready_profile>();
        made->settings = &from;
        made->metric = counters_.profile_index(from.name);
        made->claims = claims_of(from);
        if (from.mode == config::token_kind::jws)
            add_payload_series(*made);
        for (auto const& issuer : from.issuers)
            add_issuer(*made, issuer);
        if (auto const* series = view_.find(from.decrypt); series != nullptr)
            made->opens = opening_keys_of(*series, settings_, counters_);
        if (made->issuers.size() >= ready_profile::places_min)
            made->places =
                std::make_shared<core::issuer_places const>(core::places_of(made->issuers));
        return made;
    }

private:
    /// `self` is this service; any other name is a configured issuer, or a series with its own
    /// issuer.
    void add_issuer(ready_profile& to, std::string const& name)
    {
        auto const metric = counters_.issuer_index(name);
        auto const other = issuers_.find(name);
        if (other == issuers_.end())
            return add(to, ours_.find(name), metric);
        auto const& from = settings_.issuers[other->second];
        core::trusted_issuer trusted;
        trusted.issuer = from.issuer;
        trusted.identity = from.identity ? &*from.identity : nullptr;
        // PEM has no kids that could tell several keys apart, and the operator chose each of them.
        trusted.source = from.is_pem ? core::set_source::own : core::set_source::foreign;
        trusted.algorithms = from.algorithms;
        add(to, {trusted, nullptr}, metric);
        to.issuer_sources.back() = other->second;
        if (others_ != nullptr)
            put_keys(to, to.issuers.size() - 1, others_->issuers[other->second], our_keys_);
    }

    void add_payload_series(ready_profile& to)
    {
        auto const& names = to.settings->series;
        add(to, ours_.find_payload_series(names),
            names.size() == 1 ? counters_.issuer_index(names.front()) : metrics::other);
    }

    static void add(ready_profile& to, own_issuer one, unsigned metric)
    {
        to.issuers.push_back(one.trusted);
        to.issuer_keys.push_back(std::move(one.keys));
        to.issuer_metrics.push_back(metric);
        to.issuer_sources.push_back(ready_profile::no_source);
        to.issuer_is_stale.push_back(false);
    }

    config::settings const& settings_;
    core::ring_view const& view_;
    metrics const& counters_;
    issuer_view const* others_;
    core::own_keys const& our_keys_;
    own_issuers ours_;
    std::unordered_map<std::string_view, std::size_t> issuers_;  // by name: index in the settings
};

bool are_same(issuer_view::one const& one, issuer_view::one const& other)
{
    return one.keys == other.keys && one.is_stale == other.is_stale && one.gate == other.gate;
}

}  // namespace

std::optional<std::size_t> ready_profile::find_issuer(std::string_view iss) const
{
    return core::find_issuer(issuers, places.get(), iss);
}

std::optional<std::size_t> ready_profile::find_named(std::string_view name) const
{
    if (auto const found = find_issuer(name))
        return found;
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        if (issuers[i].identity != nullptr && issuers[i].issuer == name)
            return i;
    }
    return std::nullopt;
}

profile_set::profile_set(
    config::settings const& settings, core::ring_view const& view, metrics const& counters,
    std::shared_ptr<issuer_view const> others
)
    : others_(std::move(others))
{
    auto made = std::make_shared<directory>();
    made->with_issuer.resize(settings.issuers.size());
    if (serves_callers(settings))
        made->ours = core::own_keys(settings.keys);
    profile_builder builder(settings, view, counters, others_.get(), made->ours);
    for (auto const& [name, from] : settings.verify_profiles) {
        auto const place = profiles_.size();
        made->places.emplace(name, place);
        if (from.is_for_callers)
            made->for_callers.push_back(place);
        profiles_.push_back(builder.make(from));
        for (auto const source : profiles_.back()->issuer_sources) {
            if (source != ready_profile::no_source)
                made->with_issuer[source].push_back(place);
        }
    }
    directory_ = std::move(made);
}

profile_set::profile_set(profile_set const& before, std::shared_ptr<issuer_view const> others)
    : others_(std::move(others)), directory_(before.directory_), profiles_(before.profiles_)
{
    std::set<std::size_t> touched;
    for (std::size_t i = 0; i < directory_->with_issuer.size(); ++i) {
        if (!are_same(before.others_->issuers[i], others_->issuers[i]))
            touched.insert(directory_->with_issuer[i].begin(), directory_->with_issuer[i].end());
    }
    for (auto const place : touched) {
        auto made = std::make_shared<ready_profile>(*profiles_[place]);
        for (std::size_t i = 0; i < made->issuers.size(); ++i) {
            if (auto const source = made->issuer_sources[i]; source != ready_profile::no_source)
                put_keys(*made, i, others_->issuers[source], directory_->ours);
        }
        profiles_[place] = std::move(made);
    }
}

ready_profile const* profile_set::find_any(std::string_view name) const noexcept
{
    auto const found = directory_->places.find(name);
    return found == directory_->places.end() ? nullptr : profiles_[found->second].get();
}

ready_profile const* profile_set::find(std::string_view name) const noexcept
{
    auto const* const found = find_any(name);
    return found != nullptr && !found->settings->is_for_callers ? found : nullptr;
}

ready_profile const* profile_set::find_for_callers(std::string_view name) const noexcept
{
    auto const* const found = find_any(name);
    return found != nullptr && found->settings->is_for_callers ? found : nullptr;
}

ready_profile const* profile_set::find_for_callers_of(std::string_view iss) const noexcept
{
    for (auto const place : directory_->for_callers) {
        auto const& one = *profiles_[place];
        if (!one.issuers.empty() && one.issuers.front().issuer == iss)
            return &one;
    }
    return nullptr;
}

}  // namespace service

#include "config/changes/series_kinds.hpp"

#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace config {

series_kinds::kind series_kinds::kind_of(settings const& all, core::ring_key const& key)
{
    if (key.key.use == core::key_use::enc)
        return kind::encryption;
    if (key.reads_jwt_pro)
        return kind::jwt_pro;
    if (signs_payloads(all, key.series))
        return kind::payloads;
    bool const signs_claims = std::ranges::any_of(all.sign_profiles, [&](auto const& one) {
        return one.second.kind == token_kind::jwt && one.second.key == key.series;
    });
    return signs_claims ? kind::claims : kind::unused;
}

/// A series that signed payloads is not unused when the profile is gone: its payloads still exist,
/// and `self` would trust it.
bool series_kinds::may_become(kind before, kind now) noexcept
{
    switch (before) {
    case kind::unused: return now == kind::unused || now == kind::claims || now == kind::payloads;
    case kind::claims: return now == kind::claims || now == kind::unused;
    case kind::payloads:
    case kind::encryption:
    case kind::jwt_pro: return now == before;
    }
    return false;
}

std::string_view series_kinds::words_of(kind of) noexcept
{
    switch (of) {
    case kind::unused: return "a series that signs nothing";
    case kind::claims: return "one that signs claims";
    case kind::payloads: return "one that signs payloads";
    case kind::encryption: return "one for encryption";
    case kind::jwt_pro: return "one that reads tokens of jwt-pro";
    }
    return "";
}

std::vector<std::string> series_kinds::objections(settings const& next) const
{
    std::vector<std::string> found;
    std::set<std::string_view> told;
    for (auto const& key : next.keys) {
        auto const now = kind_of(next, key);
        std::optional<kind> before;
        auto const consider = [&](std::map<std::string, kind> const& in, std::string const& by) {
            auto const known = in.find(by);
            if (known != in.end() && !may_become(known->second, now))
                before = known->second;
        };
        consider(by_key_, core::thumbprint(*key.key.material));
        consider(by_name_, key.series);
        if (before && told.insert(key.series).second)
            found.push_back(
                "series `" + key.series + "` or one of its keys was "
                + std::string(words_of(*before)) + " and would be " + std::string(words_of(now))
                + ": tokens made before would mean something else; use another series with new keys"
            );
    }
    return found;
}

void series_kinds::note(settings const& in_force)
{
    auto const remember = [](std::map<std::string, kind>& in, std::string const& by, kind now) {
        auto& known = in.emplace(by, now).first->second;
        if (now != kind::unused)  // what it was for counts, also when no profile uses it any more
            known = now;
    };
    for (auto const& key : in_force.keys) {
        auto const now = kind_of(in_force, key);
        remember(by_name_, key.series, now);
        remember(by_key_, core::thumbprint(*key.key.material), now);
    }
}

}  // namespace config

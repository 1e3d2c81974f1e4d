#include "config/checks.hpp"

#include <algorithm>

namespace config {
namespace {

using namespace std::chrono_literals;

void warn_of_listeners(settings const& all, report& notes)
{
    for (auto const& open : all.server.listen) {
        if (open.address.is_loopback())
            continue;
        auto const at = open.address.text();
        if (open.endpoints.contains(endpoint::sign))
            notes.warn("server.listen", at + " opens sign beyond this machine, without TLS");
        if ((all.inline_keys.sign && open.endpoints.contains(endpoint::sign))
            || (all.inline_keys.verify && open.endpoints.contains(endpoint::verify)))
            notes.warn("inline_keys", "anyone who reaches " + at + " may use keys of their own");
    }
    for (auto const& at : all.admin.listen) {
        if (!at.is_loopback())
            notes.warn(
                "admin.listen",
                at.text()
                    + " opens administration beyond this machine; `probes` serves health and "
                      "metrics alone"
            );
    }
}

void warn_of_keys(draft const& read, report& notes)
{
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i];
        auto const& origin = read.key_origins[i];
        if (origin.is_generated)
            notes.warn(
                joined(origin.path, "generate"),
                "a new key at each start: its tokens end with the process, and replicas differ"
            );
        if (origin.from_environment)
            notes.warn(
                origin.path,
                "a secret in the environment shows in crash dumps and child processes; "
                "file: does not"
            );
        if (key.key.allow_weak_hmac)
            notes.warn(
                joined(origin.path, "allow_weak_hmac"), "admits secrets that can be guessed"
            );
    }
    if (read.settings.inline_keys.allow_weak_hmac)
        notes.warn("inline_keys.allow_weak_hmac", "admits secrets that can be guessed");
}

void warn_of_profiles(settings const& all, report& notes)
{
    for (auto const& [name, profile] : all.verify_profiles) {
        auto const path = "verify_profiles." + name;
        if (profile.leeway > 2min)
            notes.warn(path + ".leeway", "is more than clocks need");
        if (profile.no_exp)
            notes.warn(path + ".no_exp", "admits tokens that never expire");
    }
    for (auto const& [name, profile] : all.sign_profiles) {
        auto const path = "sign_profiles." + name;
        if (profile.all_claims)
            notes.warn(path + ".allowed_claims", "lets its callers claim anything");
        if (profile.callers.empty())
            notes.warn(path, "has no `callers`, so nobody may use it");
    }
}

void warn_of_issuers(draft const& read, report& notes)
{
    for (std::size_t i = 0; i < read.settings.issuers.size(); ++i) {
        if (!read.settings.issuers[i].fetch)
            continue;
        auto const& from = *read.settings.issuers[i].fetch;
        auto const warn = [&](std::string_view member, std::string text) {
            notes.warn(joined(read.issuer_paths[i], member), std::move(text));
        };
        if (from.allow_insecure_http)
            warn("allow_insecure_http", "lets anyone on the way replace the issuer's keys");
        if (!from.stale_if_error)
            warn("stale_if_error", "a key that was taken back stays good while its origin fails");
        if (!from.allow_cidrs.empty())
            warn("allow_cidrs", "lets a name that leads there reach what is blocked otherwise");
        if (from.min_ttl < 30s)
            warn("min_ttl", "lets the issuer's origin be asked several times a minute");
        if (from.stale_if_error == 0s && from.min_ttl / 10 < from.total_timeout)
            warn("stale_if_error", "one slow fetch leaves the issuer without keys: see min_ttl");
    }
}

}  // namespace

void warn_of_risks(draft const& read, report& notes)
{
    if (read.settings.dev)
        return notes.warn(
            "",
            "development mode: a key that ends with the process, and no caller is asked who it is"
        );
    warn_of_listeners(read.settings, notes);
    warn_of_keys(read, notes);
    warn_of_profiles(read.settings, notes);
    warn_of_issuers(read, notes);
}

}  // namespace config

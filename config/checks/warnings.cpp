#include "config/checks/checks.hpp"
#include "config/sections/folders.hpp"
#include "config/values/caller_powers.hpp"
#include "core/algorithms/encryption_algorithm.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

using namespace std::chrono_literals;

bool takes_keys(inline_settings const& opened, endpoints const& at)
{
    return (opened.sign && at.contains(endpoint::sign))
        || (opened.verify && at.contains(endpoint::verify))
        || (opened.encrypt && at.contains(endpoint::encrypt))
        || (opened.decrypt && at.contains(endpoint::decrypt));
}

bool has_profile_for_callers(settings const& all)
{
    return std::ranges::any_of(all.verify_profiles, [](auto const& entry) {
        return !entry.second.callers.empty();
    });
}

void warn_of_listeners(settings const& all, report& notes)
{
    for (auto const& open : all.server.listen) {
        if (open.address.is_loopback())
            continue;
        auto const at = open.address.text();
        for (auto const& row : endpoint_rows) {
            if (!open.tls && row.needs_callers && open.endpoints.contains(row.which))
                notes.warn(
                    "server.listen",
                    at + " opens " + std::string(row.name) + " beyond this machine, without TLS"
                );
        }
        if (!open.tls && open.endpoints.contains(endpoint::verify) && has_profile_for_callers(all))
            notes.warn(
                "server.listen",
                at
                    + " opens verify beyond this machine, without TLS, and a verify profile needs "
                      "callers: their secrets would cross the network in the clear"
            );
        if (takes_keys(all.inline_keys, open.endpoints))
            notes.warn("inline_keys", "anyone who reaches " + at + " may use keys of their own");
    }
    for (auto const& open : all.admin.listen) {
        if (!open.address.is_loopback())
            notes.warn(
                "admin.listen",
                open.address.text()
                    + " opens administration beyond this machine; `probes` serves only health and "
                      "metrics"
            );
    }
}

/// Whether `dir` may use the key itself with AES-GCM.
bool is_direct_gcm(core::jwk const& key)
{
    auto const* enc = core::find_content_encryption(key.alg);
    if (key.alg == "dir")
        enc = core::find_content_encryption(
            core::default_encryption(key.material->family(), key.material->bits(), key.alg).enc
        );
    return enc != nullptr && enc->scheme == core::content_scheme::gcm;
}

void warn_of_encryption(draft const& read, report& notes)
{
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i];
        auto const path = read.key_origins[i].path;
        if (key.key.use != core::key_use::enc)
            continue;
        if (is_direct_gcm(key.key))
            notes.warn(
                joined(path, "alg"),
                "dir uses the key itself for AES-GCM: it is safe for at most 2^32 messages, and "
                "each process counts only its own; A256KW uses a new key for every message"
            );
        auto const* row = core::find_key_management(key.key.alg);
        if (row && row->is_off)
            notes.warn(
                joined(path, "alg"),
                key.key.alg
                    + " is deprecated or easy to misuse: RSA-OAEP-256, ECDH-ES+A256KW and "
                      "A256KW are better"
            );
        if (read.key_origins[i].allow_zip)
            notes.warn(
                joined(path, "allow_zip"),
                "the length of a compressed message reveals something of its content"
            );
        if (read.settings.encryption.at(key.series).callers.empty())
            notes.warn(
                path, "its series has no `callers`, so nobody may encrypt or decrypt with it"
            );
    }
    for (auto const& name : read.settings.inline_keys.allow_algorithms)
        notes.warn("inline_keys.allow_algorithms", name + " is deprecated or easy to misuse");
    if (read.settings.inline_keys.allow_zip)
        notes.warn(
            "inline_keys.allow_zip",
            "the length of a compressed message reveals something of its content"
        );
}

void warn_of_keys(draft const& read, report& notes)
{
    warn_of_encryption(read, notes);
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i];
        auto const& origin = read.key_origins[i];
        if (origin.is_generated)
            notes.warn(
                joined(origin.path, "generate"),
                "makes a new key at each start: no token stays valid after a restart, and each "
                "replica has another key"
            );
        if (origin.from_environment)
            notes.warn(
                origin.path,
                "a secret in the environment can be seen in crash dumps and child processes; use "
                "file: instead"
            );
        if (key.key.allow_weak_hmac)
            notes.warn(
                joined(origin.path, "allow_weak_hmac"), "allows secrets that can be guessed"
            );
        if (key.in_jwks && signs_payloads(read.settings, key.series))
            notes.warn(
                origin.path,
                "its series signs payloads and is in our JWKS: a program that ignores typ takes a "
                "payload for one of our JWTs; `publish: false` keeps the key out"
            );
        if (key.reads_jwt_pro)
            notes.warn(
                joined(origin.path, "compat"),
                "reads payloads that were encrypted without JWE, with the secret that signs them: "
                "use it only to move away from jwt-pro"
            );
    }
    if (read.settings.inline_keys.allow_weak_hmac)
        notes.warn("inline_keys.allow_weak_hmac", "allows secrets that can be guessed");
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
        if (std::ranges::any_of(all.keys, [&](core::ring_key const& key) {
                return key.series == profile.key && key.reads_jwt_pro;
            }))
            notes.warn(
                path + ".key",
                "signs new tokens with the secret that reads jwt-pro's old ones: use another series"
            );
    }
}

void warn_of_issuers(draft const& read, report& notes)
{
    for (std::size_t i = 0; i < read.settings.issuers.size(); ++i) {
        auto const& identity = read.settings.issuers[i].identity;
        if (identity && identity->admits_any_tenant())
            notes.warn(
                joined(read.issuer_paths[i], "tenants"),
                "`any` admits the tokens of every tenant, and anybody may open one"
            );
        if (!read.settings.issuers[i].fetch)
            continue;
        auto const& from = *read.settings.issuers[i].fetch;
        auto const warn = [&](std::string_view member, std::string text) {
            notes.warn(joined(read.issuer_paths[i], member), std::move(text));
        };
        if (from.allow_insecure_http)
            warn("allow_insecure_http", "lets anyone on the way replace the issuer's keys");
        if (!from.stale_if_error)
            warn(
                "stale_if_error",
                "a key that the issuer withdrew stays valid while its origin fails"
            );
        if (!from.allow_cidrs.empty())
            warn("allow_cidrs", "allows fetches from addresses that are blocked otherwise");
        if (from.proxy_resolves)
            warn(
                "proxy_resolves",
                "the proxy resolves names, so that only addresses written in URLs can be blocked"
            );
        if (from.min_ttl < 30s)
            warn("min_ttl", "allows several fetches a minute from the issuer's origin");
        if (from.stale_if_error == 0s && from.min_ttl / 10 < from.total_timeout)
            warn("stale_if_error", "one slow fetch leaves the issuer without keys: see min_ttl");
    }
}

}  // namespace

void warn_of_risks(draft const& read, report& notes)
{
    if (read.settings.dev) {
        notes.warn(
            "", "development mode: the keys end with the process, and callers need no credentials"
        );
        if (read.settings.development.is_open)
            notes.warn("", "development mode is open: anybody who reaches the port can sign");
        return;
    }
    warn_of_listeners(read.settings, notes);
    warn_of_keys(read, notes);
    warn_of_profiles(read.settings, notes);
    warn_of_issuers(read, notes);
    warn_of_gateways(read.settings, notes);
    if (read.settings.audit.is_on() && read.settings.audit.fsync == audit_sync::never)
        notes.warn(
            "audit.fsync",
            "records that were written may be lost when the machine stops: nothing "
            "says when they are on the disk"
        );
    auto const& callers = read.settings.callers;
    bool const is_any_named = std::ranges::any_of(callers, [&](caller_settings const& one) {
        return has_something_to_do(read.settings, one);
    });
    if (!callers.empty() && !is_any_named)
        notes.warn("callers", "none of them may do more than a stranger: nobody may call");
}

void warn_of_environment(
    draft const& read, std::map<std::string, std::string> const& environment, report& notes
)
{
    constexpr std::array names{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"};
    auto const found = std::ranges::find_if(names, [&](auto const* name) {
        auto const variable = environment.find(name);
        return variable != environment.end() && !variable->second.empty();
    });
    if (found == names.end())
        return;
    for (std::size_t i = 0; i < read.settings.issuers.size(); ++i) {
        auto const& from = read.settings.issuers[i].fetch;
        if (from && from->proxy_url.empty())
            notes.warn(
                joined(read.issuer_paths[i], "proxy_url"),
                "the environment has " + std::string(*found)
                    + ", which fetches do not use: set proxy_url if they have to go through it"
            );
    }
}

void warn_of_folders(std::vector<std::string> const& files, report& notes)
{
    std::set<std::string> said;
    for (auto const& file : files) {
        for (auto const& [folder, facts] : open_folders_to(file)) {
            if (said.insert(folder).second)
                notes.warn(
                    "",
                    "the folder " + folder + " may be changed by others (" + to_text(facts)
                        + "), who can then replace " + file
                );
        }
    }
}

}  // namespace config

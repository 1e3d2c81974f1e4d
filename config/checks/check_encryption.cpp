#include "config/checks/check_names.hpp"

#include <algorithm>

namespace config {
namespace {

bool encrypts(core::ring_key const& key)
{
    return key.key.use == core::key_use::enc;
}

/// Reports public keys in a series that must decrypt.
void check_private_halves(
    draft const& read, std::string const& series, core::instant now, report& notes
)
{
    auto const& keys = read.settings.keys;
    core::key_ring const ring(keys);
    auto const view = view_of(ring, read.settings, now);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i].series != series || keys[i].key.material->is_private())
            continue;
        for (auto const& other : view.find(series)->keys) {
            if (other.material->material == keys[i].key.material
                && other.state < core::key_state::retired)
                notes.error(
                    read.key_origins[i].path,
                    "is a public key, and its series decrypts: give the private key"
                );
        }
    }
}

void check_nested(
    draft const& read, verify_profile const& profile, core::instant now, report& notes
)
{
    auto const path = "verify_profiles." + profile.name;
    check_callers(read, profile.callers, path + ".callers", notes);
    if (profile.decrypt.empty())
        return;
    // Only gateways use a profile that reads requests, and they learn no more than its headers say.
    if (profile.callers.empty() && !read.settings.dev && !profile.access.reads_requests())
        notes.error(
            path, "needs `callers`: whoever verifies with it learns what an encrypted token says"
        );
    auto const* key = first_of(read.settings, profile.decrypt);
    auto const& series = read.named.series;
    if (!series.contains(profile.decrypt))
        notes.error(
            path + ".decrypt",
            "there is no series `" + profile.decrypt + "`" + hint(profile.decrypt, series)
        );
    else if (key && !encrypts(*key))
        notes.error(
            path + ".decrypt", "series `" + profile.decrypt + "` signs: name a series of `use: enc`"
        );
    else if (key)
        check_private_halves(read, profile.decrypt, now, notes);
}

bool has_only_encryption_keys(settings const& all, std::string const& issuer)
{
    auto const found = std::ranges::find(all.issuers, issuer, &issuer_settings::name);
    return found != all.issuers.end() && !found->keys.keys.empty()
        && std::ranges::all_of(found->keys.keys, [](core::jwk const& key) {
               return key.use == core::key_use::enc;
           });
}

/// Encryption keys verify nothing and sign nothing.
void check_signature_series(draft const& read, report& notes)
{
    auto const refuse = [&](std::string const& name, std::string path, std::string_view what) {
        if (auto const* key = first_of(read.settings, name); key && encrypts(*key))
            notes.error(
                std::move(path), "series `" + name + "` is for encryption and " + what.data()
            );
    };
    for (auto const& [name, profile] : read.settings.sign_profiles)
        refuse(profile.key, "sign_profiles." + name + ".key", "signs nothing");
    for (auto const& [name, profile] : read.settings.verify_profiles) {
        auto const path = "verify_profiles." + name + ".issuers";
        for (auto const& one : profile.issuers) {
            refuse(one, path, "verifies nothing");
            if (has_only_encryption_keys(read.settings, one))
                notes.error(path, "`" + one + "` has only keys for encryption");
        }
    }
}

}  // namespace

void check_encryption(draft const& read, core::instant now, report& notes)
{
    for (auto const& origin : read.key_origins)
        check_callers(read, origin.callers, joined(origin.path, "callers"), notes);
    for (std::size_t i = 0; i < read.settings.issuers.size(); ++i)
        check_callers(
            read, read.settings.issuers[i].callers, joined(read.issuer_paths[i], "callers"), notes
        );
    for (auto const& [name, profile] : read.settings.verify_profiles)
        check_nested(read, profile, now, notes);
    check_signature_series(read, notes);
}

}  // namespace config

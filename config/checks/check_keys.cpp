#include "config/checks/checks.hpp"
#include "core/base/rfc3339.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/key_text.hpp"

#include <algorithm>
#include <map>

namespace config {
namespace {

struct placed_key {
    core::ring_key const* key;
    key_origin const* origin;
};
using series_map = std::map<std::string_view, std::vector<placed_key>>;

/// The keys by series, each series by activation.
series_map by_series(draft const& read)
{
    series_map series;
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i];
        series[key.series].push_back({&key, &read.key_origins[i]});
    }
    for (auto& [name, keys] : series)
        std::ranges::stable_sort(keys, {}, [](placed_key const& one) {
            return core::activation_of(*one.key);
        });
    return series;
}

std::string verb_of(core::ring_key const& key)
{
    return key.key.use == core::key_use::enc ? "encrypt" : "sign";
}

/// Equal for two keys that are the same. RFC 2104 section 2: "append zeros to the end of K to
/// create a B byte string", so that two secrets which differ only in zero octets at the end are one
/// HMAC key.
std::string identity_of(core::jwk const& key)
{
    if (key.material->family() != core::key_family::secret)
        return core::thumbprint(*key.material);
    auto const parts = core::crypto::private_parts_of(*key.material);
    auto octets = parts->k.view();
    while (octets.size() > 1 && octets.back() == 0)
        octets = octets.first(octets.size() - 1);
    auto const made = core::import_shared_secret(core::secret_bytes(octets));
    return core::thumbprint(made ? **made : *key.material);
}

void check_identity(draft const& read, report& notes)
{
    std::map<std::string, std::string> paths_by_material, paths_by_kid;
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i].key;
        auto const& path = read.key_origins[i].path;
        auto const [same, is_new] = paths_by_material.emplace(identity_of(key), path);
        auto const [named, is_free] = paths_by_kid.emplace(key.kid, path);
        if (!is_new)
            notes.error(path, "is the same key as " + same->second);
        else if (!is_free)
            notes.error(path, "has the kid of " + named->second);
    }
}

void check_likeness(std::vector<placed_key> const& keys, report& notes)
{
    auto const& first = keys.front();
    for (auto const& [key, origin] : keys) {
        auto const differs = [&, at = origin](std::string_view what) {
            notes.error(
                at->path,
                "has another " + std::string(what) + " than " + first.origin->path
                    + "; all keys of a series need the same"
            );
        };
        if (key->key.use != first.key->key.use)
            differs("use");
        else if (key->key.alg != first.key->key.alg)
            differs("alg");
        if (key->issuer != first.key->issuer)
            differs("issuer");
        if (origin->publish != first.origin->publish)
            differs("`publish`");
        if (origin->allow_zip != first.origin->allow_zip)
            differs("`allow_zip`");
    }
}

void check_lead(placed_key const& one, report& notes)
{
    auto const& [key, origin] = one;
    if (origin->emergency && (!key->publish_at || !key->activate_at))
        notes.error(joined(origin->path, "emergency"), "needs both publish_at and activate_at");
    if (!key->publish_at || !key->activate_at)
        return;
    auto const lead = *key->activate_at - *key->publish_at;
    if (lead < std::chrono::seconds{0})
        notes.error(joined(origin->path, "publish_at"), "is after activate_at");
    else if (lead >= core::publish_lead_min)
        return;
    else if (origin->emergency)
        notes.warn(
            joined(origin->path, "publish_at"),
            "is less than 300 s before activate_at: verifiers that cache the JWKS will refuse new "
            "tokens"
        );
    else
        notes.error(
            joined(origin->path, "publish_at"),
            "must be at least 300 s before activate_at, because the JWKS may be cached for that "
            "long; `emergency: true` allows less"
        );
}

void check_times(std::vector<placed_key> const& keys, report& notes)
{
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto const& [key, origin] = keys[i];
        auto const activation = core::activation_of(*key);
        check_lead(keys[i], notes);
        if (i != 0 && activation == core::activation_of(*keys[i - 1].key))
            notes.error(
                origin->path,
                "begins to " + verb_of(*key) + " at the same time as " + keys[i - 1].origin->path
                    + ": give one of them another `activate_at`"
            );
        if (!key->retire_at)
            continue;
        bool const is_last = i + 1 == keys.size();
        auto const last_token = key->longest_token + core::retire_margin;
        if (*key->retire_at <= activation)
            notes.error(joined(origin->path, "retire_at"), "is not after its activation");
        else if (is_last && *key->retire_at - last_token <= activation)
            notes.error(
                joined(origin->path, "retire_at"),
                "leaves it no time to " + verb_of(*key)
                    + ": its last token must expire at least 5 m before this"
            );
    }
}

void check_activity(
    core::ring_view::series const& series, std::string const& path, core::instant now, report& notes
)
{
    if (series.active)
        return;
    bool const is_enc = series.keys.front().material->use == core::key_use::enc;
    auto const name =
        "series `" + std::string(series.name) + "`" + (is_enc ? " encrypts" : " signs");
    for (auto const& key : series.keys) {
        if (key.life.activate > now)
            return notes.warn(
                path, "no key of " + name + " before " + core::rfc3339(key.life.activate)
            );
    }
    if (series.keys.back().state == core::key_state::retired)
        notes.error(path, "every key of series `" + std::string(series.name) + "` has retired");
    else
        notes.warn(path, "no key of " + name + " any more");
}

}  // namespace

void check_keys(draft const& read, core::instant now, report& notes)
{
    check_identity(read, notes);
    auto const all = by_series(read);
    for (auto const& [name, keys] : all) {
        check_likeness(keys, notes);
        if (!keys.front().origin->is_rotated)  // its times are those of its plan
            check_times(keys, notes);
    }
    core::key_ring const ring(read.settings.keys);
    auto const view = view_of(ring, read.settings, now);
    for (auto const& series : view.all)
        check_activity(series, all.at(series.name).front().origin->path, now, notes);
}

}  // namespace config

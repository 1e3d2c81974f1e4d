#include "core/keys/key_ring.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <ranges>

namespace core {
namespace {

/// Sorts keys by series, in order of first mention, and within a series by activation.
std::vector<ring_key> in_order(std::vector<ring_key> keys)
{
    std::unordered_map<std::string, std::size_t> places;
    for (auto const& key : keys)
        places.emplace(key.series, places.size());
    std::ranges::stable_sort(keys, {}, [&](ring_key const& key) {
        return std::pair{places.at(key.series), activation_of(key)};
    });
    return keys;
}

/// successor    the next key of the same series, or nullptr.
key_schedule life_of(ring_key const& key, bool is_first, ring_key const* successor)
{
    auto const last_token = key.longest_token + retire_margin;
    key_schedule life;
    life.activate = activation_of(key);
    if (key.publish_at)
        life.publish = std::min(*key.publish_at, life.activate);
    else if (is_first || life.activate == no_beginning)
        life.publish = no_beginning;
    else
        life.publish = life.activate - publish_lead_min;

    if (successor) {
        life.retiring = activation_of(*successor);
        life.retired = *life.retiring + last_token;
        if (key.retire_at)
            life.retired = std::max(*life.retired, *key.retire_at);
    } else if (key.retire_at) {
        // Stops signing early enough that its last token can be verified until it expires.
        life.retiring = std::max(*key.retire_at - last_token, life.activate);
        life.retired = std::max(*key.retire_at, *life.retiring);
    }
    return life;
}

bool may_be_public(ring_key const& key)
{
    return key.in_jwks && key.key.material->family() != key_family::secret;
}

bool is_public_at(ring_key const& key, key_state state)
{
    return may_be_public(key)
        && (state == key_state::published || state == key_state::active
            || state == key_state::retiring);
}

void note_transition(std::optional<instant>& next, std::optional<instant> moment, instant now)
{
    if (moment && *moment > now && (!next || *moment < *next))
        next = moment;
}

std::optional<instant> next_transition_of(key_schedule const& life, instant now)
{
    std::optional<instant> next;
    note_transition(next, life.publish, now);
    note_transition(next, life.activate, now);
    note_transition(next, life.retiring, now);
    note_transition(next, life.retired, now);
    return next;
}

std::chrono::seconds max_age_at(instant now, std::optional<instant> next)
{
    using std::chrono::seconds;
    if (!next || *next - jwks_max_age_max >= now)
        return jwks_max_age_max;
    return std::max(std::chrono::floor<seconds>(*next - now), seconds{1});
}

/// The beginning of a set. Keys are appended to it, and then its end.
constexpr std::string_view empty_set = "{\"keys\":[";

void append_key(std::string& set, std::string_view key)
{
    if (set.size() != empty_set.size())
        set.push_back(',');
    set.append(key);
}

std::string etag_of(std::string_view text)
{
    std::string etag = "\"";
    base64url_append(etag, crypto::digest(hash::sha256, as_bytes(text)));
    etag.push_back('"');
    return etag;
}

void close_set(std::string& set, std::string& etag)
{
    set.append("]}");
    etag = etag_of(set);
}

}  // namespace

std::string_view to_string(key_state state) noexcept
{
    switch (state) {
    case key_state::staged: return "staged";
    case key_state::published: return "published";
    case key_state::active: return "active";
    case key_state::retiring: return "retiring";
    case key_state::retired: return "retired";
    case key_state::revoked: return "revoked";
    }
    return "";
}

instant activation_of(ring_key const& key) noexcept
{
    if (key.activate_at)
        return *key.activate_at;
    return key.publish_at ? *key.publish_at + publish_lead_min : no_beginning;
}

key_state state_at(key_schedule const& life, instant now) noexcept
{
    if (life.retired && now >= *life.retired)
        return key_state::retired;
    if (life.retiring && now >= *life.retiring)
        return key_state::retiring;
    if (now >= life.activate)
        return key_state::active;
    return now >= life.publish ? key_state::published : key_state::staged;
}

key_ring::key_ring(std::vector<ring_key> keys) : keys_(in_order(std::move(keys)))
{
    lives_.reserve(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        bool const is_first = i == 0 || keys_[i - 1].series != keys_[i].series;
        bool const is_last = i + 1 == keys_.size() || keys_[i + 1].series != keys_[i].series;
        lives_.push_back(life_of(keys_[i], is_first, is_last ? nullptr : &keys_[i + 1]));
        if (auto& text = public_jwks_.emplace_back(); may_be_public(keys_[i]))
            append_public_jwk(text, keys_[i].key);
    }
}

ring_view key_ring::view_at(instant now) const
{
    ring_view view;
    view.made_at = now;
    view.jwks = empty_set;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        auto const& key = keys_[i];
        auto const& life = lives_[i];
        auto const state = state_at(life, now);
        if (view.all.empty() || view.all.back().name != key.series) {
            view.places.emplace(key.series, view.all.size());
            view.all.push_back({.name = key.series, .issuer = key.issuer, .keys = {}});
        }
        auto& series = view.all.back();
        series.keys.push_back({&key.key, state, life});
        if (state == key_state::active) {
            series.active = &key.key;
            series.active_life = life;
        }
        if (key.in_jwks && key.is_apart && series.jwks.empty())
            series.jwks = empty_set;
        if (is_public_at(key, state))
            append_key(key.is_apart ? series.jwks : view.jwks, public_jwks_[i]);
        note_transition(view.next_transition, next_transition_of(life, now), now);
    }
    close_set(view.jwks, view.etag);
    for (auto& series : view.all) {
        if (!series.jwks.empty())
            close_set(series.jwks, series.etag);
    }
    view.jwks_max_age = max_age_at(now, view.next_transition);
    return view;
}

ring_view::series const* ring_view::find(std::string_view name) const noexcept
{
    auto const found = places.find(name);
    return found == places.end() ? nullptr : &all[found->second];
}

}  // namespace core

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

instant publication_of(ring_key const& key, bool is_first, instant activation)
{
    if (key.publish_at)
        return std::min(*key.publish_at, activation);
    if (is_first || activation == no_beginning)
        return no_beginning;
    return activation - publish_lead_min;
}

/// begins       when the key begins to sign.
/// successor    when the next key of the same series does; nullopt = there is none.
key_schedule
life_of(ring_key const& key, bool is_first, instant begins, std::optional<instant> successor)
{
    auto const last_token = key.longest_token + retire_margin;
    key_schedule life;
    life.activate = begins;
    life.publish = publication_of(key, is_first, begins);
    if (successor) {
        life.retiring = successor;
        life.retired = *successor + last_token;
        if (key.retire_at)
            life.retired = std::max(*life.retired, *key.retire_at);
    } else if (key.retire_at) {
        // Stops signing early enough that its last token can be verified until it expires.
        life.retiring = std::max(*key.retire_at - last_token, life.activate);
        life.retired = std::max(*key.retire_at, *life.retiring);
    }
    return life;
}

/// Of a revoked key: every state that was not reached ends with the revocation.
void end_at(key_schedule& life, instant revoked)
{
    life.retiring = std::min(life.retiring.value_or(revoked), revoked);
    life.retired = std::min(life.retired.value_or(revoked), revoked);
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

std::chrono::seconds max_age_at(instant now, std::optional<instant> next, std::chrono::seconds most)
{
    using std::chrono::seconds;
    if (!next || *next - most >= now)
        return most;
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

bool needs_private_half(jwk const& key, key_state state) noexcept
{
    if (state == key_state::retired || state == key_state::revoked)
        return false;
    bool const is_secret = key.material->family() == key_family::secret;
    return state != key_state::retiring || key.use == key_use::enc || is_secret;
}

key_ring::key_ring(std::vector<ring_key> keys, std::chrono::seconds max_age)
    : max_age_(std::min(max_age, jwks_max_age_max)), keys_(in_order(std::move(keys)))
{
    lives_ = lives_given({});
    for (auto const& key : keys_) {
        if (auto& text = public_jwks_.emplace_back(); may_be_public(key))
            append_public_jwk(text, key.key);
    }
}

/// The life of every key, series by series: each key signs until the next one begins.
std::vector<key_schedule> key_ring::lives_given(revoked_keys const& revoked) const
{
    std::vector<key_schedule> lives(keys_.size());
    for (std::size_t first = 0, end = 0; first < keys_.size(); first = end) {
        std::vector<std::pair<std::size_t, instant>> signing;  // who ever signs, and from when
        std::optional<instant> vacant;  // nobody signs since the key that did was revoked
        for (end = first; end < keys_.size() && keys_[end].series == keys_[first].series; ++end) {
            auto begins = activation_of(keys_[end]);
            bool const is_published =
                vacant && publication_of(keys_[end], end == first, begins) <= *vacant;
            if (is_published)
                begins = std::min(begins, *vacant);
            auto const found = revoked.find(keys_[end].key.kid);
            if (found != revoked.end() && found->second <= begins) {
                lives[end] = life_of(keys_[end], end == first, begins, std::nullopt);
                end_at(lives[end], found->second);
                continue;
            }
            signing.emplace_back(end, begins);
            vacant = found == revoked.end() ? std::nullopt : std::optional(found->second);
        }
        for (std::size_t i = 0; i < signing.size(); ++i) {
            auto const [at, begins] = signing[i];
            auto const successor =
                i + 1 < signing.size() ? std::optional(signing[i + 1].second) : std::nullopt;
            lives[at] = life_of(keys_[at], at == first, begins, successor);
            if (auto const found = revoked.find(keys_[at].key.kid); found != revoked.end())
                end_at(lives[at], found->second);
        }
    }
    return lives;
}

ring_view key_ring::view_at(instant now, revoked_keys const& revoked) const
{
    auto const changed = revoked.empty() ? std::vector<key_schedule>{} : lives_given(revoked);
    auto const& lives = revoked.empty() ? lives_ : changed;
    ring_view view;
    view.made_at = now;
    view.jwks = empty_set;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        auto const& key = keys_[i];
        auto const& life = lives[i];
        bool const is_revoked = revoked.contains(key.key.kid);
        auto const state = is_revoked ? key_state::revoked : state_at(life, now);
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
        if (!is_revoked)
            note_transition(view.next_transition, next_transition_of(life, now), now);
    }
    close_set(view.jwks, view.etag);
    for (auto& series : view.all) {
        if (!series.jwks.empty())
            close_set(series.jwks, series.etag);
    }
    view.jwks_max_age = max_age_at(now, view.next_transition, max_age_);
    return view;
}

ring_view::series const* ring_view::find(std::string_view name) const noexcept
{
    auto const found = places.find(name);
    return found == places.end() ? nullptr : &all[found->second];
}

std::vector<std::size_t>
needless_private_halves(std::vector<ring_key> const& keys, ring_view const& view)
{
    std::unordered_map<std::string_view, key_state> states;
    for (auto const& series : view.all) {
        for (auto const& one : series.keys)
            states.emplace(one.material->kid, one.state);
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto const& key = keys[i].key;
        auto const state = states.find(key.kid);
        if (state != states.end() && key.material->is_private() && !keys[i].is_let_go
            && !needs_private_half(key, state->second))
            found.push_back(i);
    }
    return found;
}

bool let_go_of_private_halves(std::vector<ring_key>& keys, ring_view const& view)
{
    auto const found = needless_private_halves(keys, view);
    for (auto const i : found) {
        auto& material = keys[i].key.material;
        keys[i].is_let_go = true;
        if (material->family() != key_family::secret) {
            material = crypto::public_half_of(*material);
            continue;
        }
        auto other =
            crypto::import_secret(secret_bytes(crypto::random_bytes(material->bits() / 8)));
        if (other)
            material = std::move(*other);
    }
    return !found.empty();
}

}  // namespace core

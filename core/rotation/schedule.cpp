#include "core/rotation/schedule.hpp"

#include <algorithm>

namespace core::rotation {
namespace {

/// Centuries of any plan that verifiers can follow; a kid is the hash of a random key besides.
constexpr std::ptrdiff_t gone_max = 50'000;

bool is_good(manifest_key const& key)
{
    return !key.revoked_at;
}

/// Whether the key signs, or signed, before it was revoked, if it was.
bool ever_signs(manifest_key const& key)
{
    return !key.revoked_at || *key.revoked_at > key.activate_at;
}

/// With the revocations that it does not have yet.
manifest noted(manifest in, revoked_keys const& revoked)
{
    for (auto& key : in.keys) {
        auto const found = revoked.find(key.kid);
        if (found != revoked.end() && !key.revoked_at)
            key.revoked_at = found->second;
    }
    return in;
}

/// The first key that signs some time after `now`, and is not revoked.
std::optional<std::size_t> successor_at(manifest const& in, instant now)
{
    for (std::size_t i = 0; i < in.keys.size(); ++i) {
        if (in.keys[i].activate_at > now && is_good(in.keys[i]))
            return i;
    }
    return std::nullopt;
}

/// The key that signs at `now`. Only the last one that was activated can: a key never signs again.
std::optional<std::size_t> active_at(manifest const& in, instant now)
{
    for (std::size_t i = in.keys.size(); i-- > 0;) {
        auto const& key = in.keys[i];
        if (key.activate_at > now || !ever_signs(key))
            continue;
        return is_good(key) ? std::optional(i) : std::nullopt;
    }
    return std::nullopt;
}

/// Since when nobody signs because the key that did was revoked.
std::optional<instant> vacant_since(manifest const& in, instant now)
{
    for (std::size_t i = in.keys.size(); i-- > 0;) {
        auto const& key = in.keys[i];
        if (key.activate_at > now || !ever_signs(key))
            continue;
        return key.revoked_at ? std::optional(std::min(*key.revoked_at, now)) : std::nullopt;
    }
    return std::nullopt;
}

/// Lets the next key sign from `at`, or as soon after that as the order of keys allows. Keys between
/// that were revoked before they signed leave the order.
void activate(manifest& in, std::size_t key, instant at)
{
    for (std::size_t i = 0; i < key; ++i) {
        if (ever_signs(in.keys[i]) && in.keys[i].activate_at >= at)
            at = in.keys[i].activate_at + std::chrono::milliseconds(1);
    }
    in.keys[key].activate_at = at;
    in.keys[key].publish_at = std::min(in.keys[key].publish_at, at);
    for (std::size_t i = key; i-- > 0;) {
        if (in.keys[i].activate_at < at)
            continue;
        in.gone.push_back(in.keys[i].kid);
        in.keys.erase(in.keys.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

/// A successor takes the place of a revoked key: from the moment of the revocation if it was
/// published by then, as every replica decides by itself, and else at once.
void fill_vacancy(manifest& in, instant now)
{
    auto const since = vacant_since(in, now);
    auto const next = successor_at(in, now);
    if (since && next)
        activate(in, *next, in.keys[*next].publish_at <= *since ? *since : now);
}

/// When the next key that signs begins; nullopt = there is none yet.
std::optional<instant> succession_of(manifest const& in, std::size_t key)
{
    for (std::size_t i = key + 1; i < in.keys.size(); ++i) {
        if (ever_signs(in.keys[i]))
            return in.keys[i].activate_at;
    }
    return std::nullopt;
}

/// When a key retires; nullopt = it has no successor yet.
std::optional<instant> retirement_of(manifest const& in, std::size_t key)
{
    auto const& one = in.keys[key];
    if (!ever_signs(one))
        return one.revoked_at;
    auto const end = succession_of(in, key);
    return end ? std::optional(*end + one.longest_token + retire_margin) : std::nullopt;
}

void bury(manifest& in, instant now)
{
    for (std::size_t i = in.keys.size(); i-- > 0;) {
        auto const end = retirement_of(in, i);
        if (!end || *end > now)
            continue;
        in.gone.push_back(in.keys[i].kid);
        in.keys.erase(in.keys.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (std::ssize(in.gone) > gone_max)
        in.gone.erase(in.gone.begin(), in.gone.end() - gone_max);
}

/// A key that may still sign has to be kept for the longest token that is allowed now.
void lengthen(manifest& in, plan const& of, instant now)
{
    auto const active = active_at(in, now);
    for (std::size_t i = 0; i < in.keys.size(); ++i) {
        if (in.keys[i].activate_at > now || i == active)
            in.keys[i].longest_token = std::max(in.keys[i].longest_token, of.longest_token);
    }
}

manifest after(manifest const& before, plan const& of, instant now)
{
    auto next = before;
    next.series = of.series;
    next.alg = of.alg;
    next.generation = before.generation + 1;
    next.written_at = std::max(before.written_at, now);
    return next;
}

/// until    when the rotation can be asked for again, which Retry-After says.
failure too_early(std::string_view sentence, instant until, instant now)
{
    auto refusal = failure::of(errc::rotation_too_early, sentence);
    auto const left = std::chrono::ceil<seconds>(until - now).count();
    refusal.retry_after = static_cast<std::uint32_t>(std::min<std::int64_t>(left, UINT32_MAX));
    return refusal;
}

/// Since when the keys that are published at `now`, and the next one, are no more than may be at once.
instant room_since(manifest const& in, instant now)
{
    std::vector<instant> ends;  // of those that retire
    std::ptrdiff_t published = 1;
    for (std::size_t i = 0; i < in.keys.size(); ++i) {
        auto const state = state_of(in, i, now);
        published += state == key_state::published || state == key_state::active ? 1 : 0;
        if (state == key_state::retiring)
            ends.push_back(*retirement_of(in, i));
    }
    auto const excess = published + std::ssize(ends) - keys_at_once_emergency_max;
    if (excess <= 0 || ends.empty())
        return now;
    std::ranges::sort(ends);
    return ends[static_cast<std::size_t>(std::min(excess, std::ssize(ends)) - 1)];
}

}  // namespace

key_state state_of(manifest const& in, std::size_t key, instant now)
{
    auto const& one = in.keys[key];
    if (!is_good(one))
        return key_state::revoked;
    if (now < one.activate_at)
        return now < one.publish_at ? key_state::staged : key_state::published;
    auto const end = succession_of(in, key);
    if (!end || now < *end)
        return key_state::active;
    return now < *retirement_of(in, key) ? key_state::retiring : key_state::retired;
}

bool needs_private_half(plan const& of, key_state state) noexcept
{
    if (state == key_state::retired || state == key_state::revoked)
        return false;
    return state != key_state::retiring || of.use == key_use::enc;
}

step next_step(plan const& of, manifest const& before, revoked_keys const& revoked, instant now)
{
    // The clock of the machine that wrote it may be ahead of ours: states never go back.
    now = std::max(now, before.written_at);
    step made;
    made.next = noted(after(before, of, now), revoked);
    fill_vacancy(made.next, now);
    bury(made.next, now);
    lengthen(made.next, of, now);
    made.needs_key = !successor_at(made.next, now);
    made.is_due = made.needs_key || made.next.keys != before.keys;
    for (std::size_t i = 0; i < made.next.keys.size(); ++i) {
        if (!needs_private_half(of, state_of(made.next, i, now)))
            made.stopped.push_back(made.next.keys[i].kid);
    }
    made.stopped.insert(made.stopped.end(), made.next.gone.begin(), made.next.gone.end());
    return made;
}

result<manifest>
with_key(plan const& of, manifest next, instant now, std::string kid, std::string public_jwk)
{
    now = std::max(now, next.written_at);
    if (next.has_used(kid))
        return failure::of(errc::key_invalid, "has a kid that was used before");
    manifest_key key{std::move(kid), std::move(public_jwk), now, now, of.longest_token, {}};
    if (auto const active = active_at(next, now)) {
        key.publish_at = now + staging_of(of.lead);
        key.activate_at =
            std::max(next.keys[*active].activate_at + of.every, key.publish_at + of.lead);
    }
    if (!next.keys.empty()) {  // also after one that was revoked before it signed
        auto const least = next.keys.back().activate_at + std::chrono::milliseconds(1);
        key.activate_at = std::max(key.activate_at, least);
    }
    next.keys.push_back(std::move(key));
    return next;
}

result<manifest> rotated(
    plan const& of, manifest const& before, revoked_keys const& revoked, instant now,
    bool is_emergency
)
{
    now = std::max(now, before.written_at);
    auto made = noted(after(before, of, now), revoked);
    auto const next = successor_at(made, now);
    if (!next)
        return failure::of(errc::key_not_found, "The series has no next key yet.");
    auto const ready_at = made.keys[*next].publish_at + of.lead;
    if (ready_at > now && !is_emergency)
        return too_early(
            "The next key was not published for the lead time yet; `emergency: true` does not wait "
            "until verifiers know it.",
            ready_at,
            now
        );
    activate(made, *next, now);
    if (auto const room_at = room_since(made, now); room_at > now)
        return too_early(
            "As many keys of the series are published as may be at once: wait until one has "
            "retired.",
            room_at,
            now
        );
    return made;
}

instant revocation_time(key_schedule const& life, key_state state, instant now) noexcept
{
    bool const is_before = state == key_state::staged || state == key_state::published;
    bool const has_signed =
        state == key_state::active || (is_before && life.activate <= now + about_to_sign);
    if (!has_signed || life.activate == no_beginning)
        return now;
    return std::max(now, life.activate + std::chrono::milliseconds(1));
}

}  // namespace core::rotation

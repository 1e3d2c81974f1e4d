#include "tests/simulation/rotation_world.hpp"

#include "core/crypto/key.hpp"

#include <algorithm>

namespace simulation {
namespace {

using namespace std::chrono_literals;
using core::key_state;
using core::rotation::manifest;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned steps = 16;
constexpr milliseconds delay_max{999};  // a replica reads what there is at least once a second

/// All keys of all lives: what they are does not matter here, only when.
core::crypto::key_ptr const& some_key()
{
    static auto const key = *core::crypto::generate(core::key_family::ed25519, 0);
    return key;
}

std::shared_ptr<core::key_ring const> ring_of(manifest const& from, core::rotation::plan const& of)
{
    core::ring_key like;
    like.series = of.series;
    like.key.alg = of.alg;
    like.key.use = core::key_use::sig;
    like.key.material = some_key();
    like.longest_token = of.longest_token;
    std::vector<core::ring_key> keys;
    for (auto const& one : from.keys)
        keys.push_back(core::rotation::ring_key_of(one, like));
    return std::make_shared<core::key_ring const>(std::move(keys), of.lead);
}

bool is_public(key_state state)
{
    return state == key_state::published || state == key_state::active
        || state == key_state::retiring;
}

}  // namespace

rotation_world::rotation_world(std::uint64_t seed, rotation_tally& counts)
    : random_(seed), counts_(counts)
{
    plan_.series = "sig";
    plan_.alg = "Ed25519";
    constexpr std::array<seconds, 6> leads{1s, 5s, 60s, 300s, 3600s, 86400s};
    plan_.lead = leads.at(any(leads.size()));
    plan_.every = core::rotation::every_min(plan_.lead) + seconds(any(1 + 3 * plan_.lead.count()));
    plan_.longest_token = seconds(1 + any(static_cast<std::uint64_t>(plan_.every.count())));
    now_ = instant{} + 20'000 * 24h + some_time(24h);
    replicas_.resize(1 + any(4));
    for (auto& one : replicas_)
        one.delay = some_time(delay_max);
    verifiers_.resize(1 + any(3));
}

void rotation_world::store(manifest next)
{
    auto ring = ring_of(next, plan_);
    versions_.push_back({now_, std::move(next), std::move(ring)});
    ++counts_.manifests;
}

/// One turn of a writer, which may crash after each of its steps, or find that another was faster.
std::string rotation_world::write_turn()
{
    auto const before = versions_.empty() ? manifest{} : newest();
    auto step = core::rotation::next_step(plan_, before, revoked_, now_);
    auto const same = core::rotation::next_step(plan_, before, revoked_, now_);
    if (step.next != same.next || step.stopped != same.stopped)
        return "a step that is decided again differs";
    if (!step.is_due) {
        for (auto const& kid : step.stopped)
            files_.erase(kid);
        return "";
    }
    auto next = std::move(step.next);
    if (maybe(8)) {
        ++counts_.crashes;
        return "";
    }
    if (step.needs_key) {
        auto const kid = "k" + std::to_string(next_kid_++);
        files_.insert(kid);
        if (maybe(8)) {  // the file is there, and nothing names it
            ++counts_.crashes;
            return "";
        }
        auto made = core::rotation::with_key(plan_, std::move(next), now_, kid, "{}");
        if (!made || !made_.insert(kid).second)
            return "a kid twice";
        next = std::move(*made);
        ++counts_.keys;
        if (!made_.empty() && core::rotation::with_key(plan_, next, now_, *made_.begin(), "{}"))
            return "a used kid was taken again";
    }
    counts_.buried += next.gone.size() - before.gone.size();
    // A writer that slept works on an old manifest: its number is taken.
    if (versions_.size() > 1 && maybe(8)) {
        auto const& old = versions_[any(versions_.size() - 1)].what;
        auto const stale = core::rotation::next_step(plan_, old, revoked_, now_);
        if (stale.next.generation > newest().generation)
            return "a sleeper's generation was free";
        ++counts_.overtaken;
    }
    if (next.generation != before.generation + 1)
        return "the generation is not the next one";
    store(std::move(next));
    if (first_.empty())
        first_ = newest().keys.front().kid;
    if (maybe(8)) {  // files of keys that stopped stay until the next turn
        ++counts_.crashes;
        return "";
    }
    for (auto const& kid : step.stopped)
        files_.erase(kid);
    return "";
}

/// Whoever starts now finds every private half that is still used.
std::string rotation_world::check_files() const
{
    for (std::size_t i = 0; i < newest().keys.size(); ++i) {
        auto const state = core::rotation::state_of(newest(), i, now_);
        auto const& kid = newest().keys[i].kid;
        if (core::rotation::needs_private_half(plan_, state) && !files_.contains(kid))
            return "the file of " + kid + " is gone, and it is needed";
    }
    return "";
}

std::string rotation_world::rotate()
{
    bool const is_emergency = maybe(4);
    auto const before = newest();
    auto next = core::rotation::rotated(plan_, before, revoked_, now_, is_emergency);
    if (!next) {
        if (next.error() == core::errc::rotation_too_early && is_emergency)
            return "an emergency was too early";
        ++counts_.early;
        return "";
    }
    ++(is_emergency ? counts_.emergencies : counts_.rotations);
    store(std::move(*next));
    is_excused_ = is_excused_ || is_emergency;
    return "";
}

std::string rotation_world::revoke()
{
    auto const view = view_of(replicas_.front(), now_);
    auto const& keys = view.find("sig")->keys;
    auto const& one = keys[any(keys.size())];
    if (one.state == key_state::retired || one.state == key_state::revoked)
        return "";
    auto const at = core::rotation::revocation_time(one.life, one.state, now_);
    revoked_.emplace(one.material->kid, at);
    ++counts_.revocations;
    is_excused_ = true;
    for (auto const& other : keys) {
        bool const is_next = other.life.activate > at && other.life.publish <= at;
        counts_.takeovers += one.state == key_state::active && is_next ? 1 : 0;
    }
    return "";
}

rotation_world::version const& rotation_world::seen_by(replica const& one, instant at) const
{
    for (auto i = versions_.size(); i-- > 1;) {
        if (versions_[i].seen_from + one.delay <= at)
            return versions_[i];
    }
    return versions_.front();
}

core::revoked_keys rotation_world::revoked_for(replica const& one, instant at) const
{
    core::revoked_keys known;
    for (auto const& [kid, when] : revoked_) {
        if (when + one.delay <= at)
            known.emplace(kid, when);
    }
    for (auto const& key : seen_by(one, at).what.keys) {
        if (key.revoked_at)
            known.emplace(key.kid, *key.revoked_at);
    }
    return known;
}

core::ring_view rotation_world::view_of(replica const& one, instant at) const
{
    auto const& seen = seen_by(one, at);
    return seen.ring->view_at(std::max(at, seen.what.written_at), revoked_for(one, at));
}

/// States only move forward, and at most one key signs.
std::string rotation_world::check_states(replica& one)
{
    auto const view = view_of(one, now_);
    std::size_t active = 0;
    for (auto const& key : view.find("sig")->keys) {
        auto& before = one.states.emplace(key.material->kid, key.state).first->second;
        if (key.state < before)
            return "the state of " + key.material->kid + " went back";
        before = key.state;
        active += key.state == key_state::active ? 1 : 0;
    }
    if (active > 1)
        return "two keys sign";
    bool const has_revoked = !revoked_.empty();
    if (active == 0 && !has_revoked)
        return "no key signs";
    return "";
}

std::string rotation_world::sign(replica& one)
{
    auto const view = view_of(one, now_);
    auto const* const key = view.find("sig")->active;
    if (key == nullptr)
        return "";
    // Only the first key, and those after an emergency or a revocation, may sign before verifiers know
    // them. Their tokens prove nothing.
    auto const& life = view.find("sig")->active_life;
    if (life.activate < life.publish + plan_.lead) {
        if (!is_excused_ && key->kid != first_)
            return key->kid + " signs before it was published for the lead";
        unproven_.insert(key->kid);
    }
    ++counts_.signed_tokens;
    token const made{key->kid, now_ + some_time(plan_.longest_token)};
    for (auto& by : verifiers_) {
        if (auto broken = verify(made, by); !broken.empty())
            return broken;
    }
    tokens_.push_back(made);
    if (tokens_.size() > 6)
        tokens_.pop_front();
    return "";
}

void rotation_world::fetch(verifier& into)
{
    auto const& from = replicas_[any(replicas_.size())];
    auto const view = view_of(from, now_);
    into.kids.clear();
    for (auto const& key : view.find("sig")->keys) {
        if (is_public(key.state))
            into.kids.insert(key.material->kid);
    }
    auto age = view.jwks_max_age;
    if (view.next_transition)  // as endpoints/published/jwks.cpp says it
        age =
            std::clamp(std::chrono::floor<seconds>(*view.next_transition - now_), seconds(1), age);
    into.fetched_at = now_;
    into.fresh_until = now_ + age;
    ++counts_.fetches;
}

/// A verifier refuses a token when its set lacks the key; it fetches only when the set is not fresh.
std::string rotation_world::verify(token const& one, verifier& by)
{
    if (now_ >= by.fresh_until)
        fetch(by);
    ++counts_.verified;
    if (by.kids.contains(one.kid) || revoked_.contains(one.kid) || unproven_.contains(one.kid))
        return "";
    return "a valid token of " + one.kid + " was refused";
}

std::string rotation_world::work()
{
    if (auto broken = write_turn(); !broken.empty())
        return broken;
    if (auto broken = check_files(); !broken.empty())
        return broken;
    if (maybe(6)) {
        if (auto broken = rotate(); !broken.empty())
            return broken;
    }
    if (maybe(16)) {
        if (auto broken = revoke(); !broken.empty())
            return broken;
    }
    if (auto broken = check_states(replicas_[any(replicas_.size())]); !broken.empty())
        return broken;
    if (auto broken = sign(replicas_[any(replicas_.size())]); !broken.empty())
        return broken;
    for (auto const& one : tokens_) {
        if (one.expires_at <= now_)
            continue;
        auto& by = verifiers_[any(verifiers_.size())];
        if (auto broken = verify(one, by); !broken.empty())
            return broken;
    }
    return "";
}

std::string rotation_world::run()
{
    ++counts_.lives;
    while (versions_.empty()) {
        if (auto broken = write_turn(); !broken.empty())
            return broken;
    }
    for (unsigned i = 0; i < steps; ++i) {
        ++counts_.steps;
        if (auto broken = work(); !broken.empty())
            return broken;
        // Often just around the moments that matter, and sometimes longer than a whole plan.
        auto const most = maybe(4) ? milliseconds(2s)
            : maybe(3)             ? milliseconds(plan_.lead)
                                   : milliseconds(plan_.every);
        now_ += some_time(most);
        if (maybe(3) && newest().keys.back().activate_at > now_)
            now_ = std::max(now_, newest().keys.back().activate_at - 5ms + milliseconds(any(10)));
    }
    return "";
}

}  // namespace simulation

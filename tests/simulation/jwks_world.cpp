#include "tests/simulation/jwks_world.hpp"

#include "tests/simulation/rotating_keys.hpp"

#include <algorithm>
#include <array>

namespace simulation {
namespace {

using namespace std::chrono_literals;
using core::uptime;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto deadline = 3s;  // of one fetch, as in the client
constexpr int events = 24;

core::jwks_policy policy_of(std::uint64_t choice)
{
    constexpr std::array<std::optional<seconds>, 4> stale{0s, 600s, 86400s, std::nullopt};
    core::jwks_policy policy;
    policy.stale_if_error = stale[choice % stale.size()];
    return policy;
}

}  // namespace

world::world(std::uint64_t seed, tally& counts)
    : state_(seed), counts_(counts), policy_(policy_of(pick(4)))
{
    cache_ = std::make_unique<core::jwks_cache>(policy_, pick(~0ULL), now_);
    model_ = std::make_unique<model>(policy_, now_);
    has_etags_ = chance(70);
    disturb();
}

/// SplitMix64.
std::uint64_t world::pick(std::uint64_t below)
{
    auto mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return (mixed ^ (mixed >> 31U)) % below;
}

milliseconds world::pick_time(milliseconds up_to)
{
    return milliseconds(pick(static_cast<std::uint64_t>(up_to.count()) + 1));
}

void world::broke(std::string what)
{
    if (broken_.empty())
        broken_ = std::move(what);
}

std::string world::run()
{
    ++counts_.lives;
    for (int i = 0; i < events && broken_.empty(); ++i) {
        constexpr std::array<milliseconds, 5> pauses{500ms, 5s, 40s, 150s, 15min};
        advance(now_ + pick_time(pauses[pick(pauses.size())]));
        happen();
        check();
    }
    return broken_;
}

void world::happen()
{
    switch (pick(12)) {
    case 0:
    case 1: return rotate();
    case 2:
    case 3:
    case 4: return change_mood();
    case 5:
    case 6: return flood();
    case 7:
    case 8: return use_keys();
    case 9: return jump();
    case 10: return deliver_late();
    default: return chance(30) ? restart() : use_keys();
    }
}

/// How long a change may take to arrive: one ttl or one longest backoff, and the fetch itself.
void world::disturb()
{
    disturbed_at_ = now_;
    agree_from_ = now_ + std::max<milliseconds>(model_->ttl(), 60s) + 2 * deadline;
}

void world::rotate()
{
    constexpr std::array<std::optional<seconds>, 5> ages{std::nullopt, 0s, 90s, 600s, 604800s};
    ++version_;
    if (chance(40)) {
        has_other_keys_ = !has_other_keys_;  // every key is replaced under its kid
    } else {
        first_key_ += pick(4);
        key_count_ = 1 + pick(3);
    }
    max_age_ = ages[pick(ages.size())];
    disturb();
}

void world::change_mood()
{
    mood_ = chance(40) ? mood::well : static_cast<mood>(pick(6));
    disturb();
}

kids world::published() const
{
    return names_of(first_key_, key_count_, has_other_keys_);
}

/// The machine slept: nothing was called in that time, and pending answers come when it wakes.
void world::jump()
{
    ++counts_.jumps;
    constexpr std::array<milliseconds, 4> naps{2s, 5min, 3h, 40h};
    now_ += pick_time(naps[pick(naps.size())]);
    if (flight_)
        flight_->lands = std::max(flight_->lands, now_);
    disturb();
}

/// Starts a new process, with or without the snapshot of the old one. The wall clock that dates the
/// snapshot may be wrong.
void world::restart()
{
    ++counts_.restarts;
    auto const old = cache_->usable(now_);
    auto const age = old ? now_ - *cache_->confirmed_at() : 0ms;
    flight_.reset();
    last_flight_.reset();
    cache_ = std::make_unique<core::jwks_cache>(policy_, pick(~0ULL), now_);
    model_ = std::make_unique<model>(policy_, now_);
    if (old && chance(70)) {
        auto const dated = std::max<milliseconds>(0ms, age + pick_time(2h) - pick_time(2h));
        bool const is_taken = cache_->restore(old, "", "", dated, now_);
        model_->restored(names_in(old.get()), dated, now_);
        if (is_taken != !model_->usable(now_).empty())
            broke("restore: took a set that is too old, or refused one that is not");
    }
    disturb();
}

/// An answer that seemed lost arrives late, with keys that nobody has.
void world::deliver_late()
{
    if (!last_flight_ || (flight_ && flight_->what.number == last_flight_->number))
        return;
    ++counts_.late;
    core::jwks_answer answer;
    answer.reading = set_of(first_key_ + 5, 3, has_other_keys_);
    auto const outcome = chance(50) ? cache_->fetched(last_flight_->number, answer, now_)
                                    : cache_->failed(last_flight_->number, now_);
    if (outcome != core::jwks_outcome::late)
        broke("sequence: an answer counted twice");
}

/// Advances the time, and asks the cache whenever it said that it should be asked.
void world::advance(uptime to)
{
    while (broken_.empty()) {
        ++counts_.steps;
        begin_flights();
        auto next = std::min(to, cache_->next_due(now_));
        if (flight_)
            next = std::min(next, flight_->lands);
        bool const is_over = next >= to && (!flight_ || flight_->lands > to);
        now_ = std::max(now_, next);
        if (flight_ && flight_->lands <= now_)
            land();
        check();
        if (is_over && cache_->next_due(now_) > now_)
            return;
    }
}

void world::begin_flights()
{
    auto what = cache_->next_flight(now_);
    if (!what) {
        if (!flight_ && now_ > model_->scheduled_not_after())
            broke("the schedule is late: the fetch that is due did not begin");
        return;
    }
    if (flight_)
        return broke("single flight: a second fetch began");
    ++counts_.fetches;
    counts_.misses += what->reason == core::jwks_reason::miss ? 1 : 0;
    counts_.signatures += what->reason == core::jwks_reason::signature ? 1 : 0;
    if (auto problem = model_->begun(what->reason, now_); !problem.empty())
        broke(std::move(problem));
    flight& one = flight_.emplace();
    one.what = *what;
    one.asked = now_;
    auto const took = mood_ == mood::hangs ? milliseconds(deadline) : pick_time(deadline);
    one.arrived = now_ + pick_time(took);
    one.lands = now_ + took;
    answer_as_the_origin(one);
}

void world::answer_as_the_origin(flight& one)
{
    auto& says = one.says;
    auto& reading = one.answer.reading;
    switch (mood_) {
    case mood::down:
    case mood::hangs: says.kind = said::kind::failure; return;
    case mood::html:
        says.kind = said::kind::foreign;
        reading = read("<html></html>");
        return;
    case mood::poisoned:
        says.kind = said::kind::foreign;
        reading = read(R"({"keys":[{"kty":"oct","k":"AAAA","kid":"key1"},{"kty":"XYZ"}]})");
        return;
    case mood::empty:
        says.kind = said::kind::empty;
        reading = read(R"({"keys":[]})");
        return;
    case mood::well: break;
    }
    says.lifetime = one.answer.lifetime = max_age_;
    if (has_etags_ && !one.what.etag.empty() && one.what.etag == etag()) {
        says.kind = said::kind::same;
        one.answer.is_not_modified = true;
        return;
    }
    says.kind = said::kind::set;
    says.keys = published();
    reading = set_of(first_key_, key_count_, has_other_keys_);
    if (has_etags_)
        one.answer.etag = etag();
}

void world::land()
{
    auto one = std::move(*flight_);
    flight_.reset();
    last_flight_ = one.what;
    auto problem = model_->ended(one.what.reason, one.says, one.asked, one.arrived, now_);
    if (!problem.empty())
        broke(std::move(problem));
    auto const outcome = one.says.kind == said::kind::failure
        ? cache_->failed(one.what.number, now_)
        : cache_->fetched(one.what.number, std::move(one.answer), now_);
    counts_.failures += one.says.kind == said::kind::failure ? 1 : 0;
    bool const is_noticed =
        one.what.reason == core::jwks_reason::signature && outcome == core::jwks_outcome::replaced;
    counts_.noticed += is_noticed ? 1 : 0;
    counts_.replaced += outcome == core::jwks_outcome::replaced ? 1 : 0;
    counts_.emptied += outcome == core::jwks_outcome::emptied ? 1 : 0;
    if (outcome == core::jwks_outcome::late)
        broke("sequence: an answer was taken for a late one");
    if (one.asked <= disturbed_at_)  // it brought an older answer of the origin
        disturb();
}

/// P2, P4, P5: at every moment, the keys that verify are those of the model.
void world::check()
{
    auto const set = cache_->usable(now_);
    if (names_in(set.get()) != model_->usable(now_))
        broke("P2/P5: the set in use is not the last good one");
    counts_.stale += cache_->is_stale(now_) ? 1 : 0;
    counts_.expired += cache_->confirmed_at() && !set ? 1 : 0;
    check_convergence();
}

/// P3, P4: when an origin worked and did not change for a ttl, all of its keys are known, and none
/// that it removed.
void world::check_convergence()
{
    if (mood_ != mood::well || now_ < agree_from_ || flight_)
        return;
    ++counts_.converged;
    if (model_->usable(now_) != published())
        broke("P3/P4: a ttl after its last change the origin's keys are not those in use");
}

}  // namespace simulation

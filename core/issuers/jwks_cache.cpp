#include "core/issuers/jwks_cache.hpp"

#include <algorithm>
#include <utility>

namespace core {
namespace {

using std::chrono::milliseconds;

/// Whether two sets have the same keys for the same uses, in the same order, and leave out the same
/// ones.
bool are_same(jwk_set const& a, jwk_set const& b)
{
    return a.left_out == b.left_out && a.refresh_hint == b.refresh_hint
        && std::ranges::equal(a.keys, b.keys, [](jwk const& one, jwk const& other) {
               return one.material == other.material && one.kid == other.kid && one.alg == other.alg
                   && one.issuer == other.issuer && one.use == other.use && one.ops == other.ops;
           });
}

}  // namespace

jwks_cache::jwks_cache(jwks_policy policy, std::uint64_t seed, uptime now)
    : policy_(policy), jitter_(seed), latest_(now), refresh_at_(now)
{
}

bool jwks_cache::restore(
    std::shared_ptr<jwk_set const> set, std::string etag, std::string last_modified,
    milliseconds age, uptime now
)
{
    if (policy_.stale_if_error && age >= policy_.ttl + *policy_.stale_if_error)
        return false;
    latest_ = latest(now);
    set_ = std::move(set);
    etag_ = std::move(etag);
    last_modified_ = std::move(last_modified);
    confirmed_at_ = latest_ - age;
    ttl_ = policy_.ttl;
    return true;
}

void jwks_cache::forget(uptime now)
{
    latest_ = latest(now);
    flight_.reset();
    wanted_.reset();
    drop_set(latest_);
    failures_ = 0;
    refresh_at_ = latest_;
}

miss_verdict jwks_cache::lookup(std::string_view kid, uptime now)
{
    latest_ = latest(now);
    auto const set = usable(latest_);
    if (!set)
        return is_fetching() ? miss_verdict::wait : miss_verdict::unavailable;
    if (set->has_kid(kid))
        return miss_verdict::known;
    if (unknown_.is_refused(kid, latest_))
        return miss_verdict::refused;
    unknown_.ask(kid);
    return may_fetch(jwks_reason::miss);
}

miss_verdict jwks_cache::lookup_signature(jwk_set const* tried, std::uint64_t mark, uptime now)
{
    latest_ = latest(now);
    auto const set = usable(latest_);
    if (!set)
        return is_fetching() ? miss_verdict::wait : miss_verdict::unavailable;
    if (set.get() != tried)
        return miss_verdict::known;
    if (bad_.is_refused(mark))
        return miss_verdict::refused;
    bad_.ask(mark);
    return may_fetch(jwks_reason::signature);
}

token_bucket& jwks_cache::bucket_of(jwks_reason reason) noexcept
{
    return reason == jwks_reason::signature ? signature_misses_ : misses_;
}

/// Promises a fetch for a token, unless one is in progress or none is allowed.
miss_verdict jwks_cache::may_fetch(jwks_reason reason)
{
    if (is_fetching())
        return miss_verdict::wait;
    if (!bucket_of(reason).has(latest_))
        return miss_verdict::limited;
    wanted_ = reason;
    return miss_verdict::fetch;
}

std::optional<jwks_flight> jwks_cache::next_flight(uptime now)
{
    latest_ = latest(now);
    bool const is_due = latest_ >= refresh_at_;
    if (flight_ || (!wanted_ && !is_due))
        return std::nullopt;
    // It was promised to a token, so it counts as a miss even when a scheduled one is due.
    auto const wanted = std::exchange(wanted_, std::nullopt);
    auto const reason =
        wanted && bucket_of(*wanted).take(latest_) ? *wanted : jwks_reason::scheduled;
    asked_at_ = latest_;
    unknown_.begin();
    bad_.begin();
    flight_ = jwks_flight{++flights_, reason, etag_, last_modified_};
    return flight_;
}

/// Ends the fetch in progress. Returns why it was made, or nullopt when `number` is another one.
std::optional<jwks_reason> jwks_cache::land(std::uint64_t number, uptime now)
{
    latest_ = latest(now);
    if (!flight_ || flight_->number != number)
        return std::nullopt;
    auto const reason = flight_->reason;
    flight_.reset();
    if (reason != jwks_reason::scheduled)
        bucket_of(reason).settle(latest_);
    return reason;
}

/// An answer has confirmed the set in use, or brought another one.
void jwks_cache::settle_misses(bool has_changed)
{
    unknown_.settle(has_changed, latest_);
    bad_.settle(has_changed);
}

jwks_outcome jwks_cache::fetched(std::uint64_t number, jwks_answer answer, uptime now)
{
    auto const reason = land(number, now);
    if (!reason)
        return jwks_outcome::late;
    if (answer.is_not_modified && set_ && !(etag_.empty() && last_modified_.empty())) {
        confirm(answer, *reason, latest_);
        settle_misses(false);
        return jwks_outcome::same;
    }
    auto const worth = answer.is_not_modified ? jwks_worth::foreign : answer.reading.worth;
    if (worth == jwks_worth::usable)
        return take_set(answer, *reason, latest_);
    if (worth == jwks_worth::empty || worth == jwks_worth::sealing)
        return take_lesser(answer, *reason, latest_);
    if (worth == jwks_worth::condemned && set_)
        return drop_set(latest_);
    emptied_at_.reset();
    back_off(*reason, latest_);
    return jwks_outcome::unchanged;
}

jwks_outcome jwks_cache::failed(std::uint64_t number, uptime now)
{
    auto const reason = land(number, now);
    if (!reason)
        return jwks_outcome::late;
    emptied_at_.reset();
    back_off(*reason, latest_);
    return jwks_outcome::unchanged;
}

/// The set in use is good for another ttl, counted from when it was requested: what its publisher
/// says in the set itself, or else the answer's. RFC 9111 section
/// 4.3.4: the fields of a 304 update those of the stored answer; fields that it lacks stay.
///
/// The next fetch is at 75 % to 90 % of the ttl. After a first fetch, one after an outage or one
/// for a token with a new key, it is at 10 % to 90 %: replicas do those at the same moment, and
/// would all come back at the same moment.
void jwks_cache::confirm(jwks_answer& answer, jwks_reason reason, uptime now)
{
    bool const is_in_step = !was_confirmed_ || failures_ != 0 || reason != jwks_reason::scheduled;
    if (answer.lifetime || !answer.is_not_modified)
        lifetime_ = answer.lifetime;
    if (!answer.etag.empty() || !answer.is_not_modified)
        etag_ = std::move(answer.etag);
    if (!answer.last_modified.empty() || !answer.is_not_modified)
        last_modified_ = std::move(answer.last_modified);
    ttl_ = ttl_of(set_->refresh_hint ? set_->refresh_hint : lifetime_);
    confirmed_at_ = asked_at_;
    was_confirmed_ = true;
    auto const earliest = is_in_step ? ttl_ / 10 : ttl_ * 3 / 4;
    refresh_at_ = std::max(now + backoff_min, asked_at_ + between(earliest, ttl_ * 9 / 10));
    failures_ = 0;
    emptied_at_.reset();
}

jwks_outcome jwks_cache::take_set(jwks_answer& answer, jwks_reason reason, uptime now)
{
    bool const has_changed = !set_ || !are_same(*set_, *answer.reading.set);
    bool const was_usable = usable(now) != nullptr;
    if (has_changed)
        set_ = std::move(answer.reading.set);
    confirm(answer, reason, now);
    settle_misses(has_changed);
    return has_changed || !was_usable ? jwks_outcome::replaced : jwks_outcome::same;
}

/// One empty or sealing answer may come from a failed deployment; a second one is taken as intended.
jwks_outcome jwks_cache::take_lesser(jwks_answer& answer, jwks_reason reason, uptime now)
{
    if (!set_ && !answer.reading.set) {
        back_off(reason, now);
        return jwks_outcome::unchanged;
    }
    if (set_ && (!emptied_at_ || now - *emptied_at_ < confirmation)) {
        emptied_at_ = emptied_at_.value_or(now);
        back_off(reason, now);
        refresh_at_ = std::min(refresh_at_, *emptied_at_ + confirmation);
        return jwks_outcome::unchanged;
    }
    return answer.reading.set ? take_set(answer, reason, now) : drop_set(now);
}

jwks_outcome jwks_cache::drop_set(uptime now)
{
    emptied_at_.reset();
    set_.reset();
    bad_.settle(true);
    etag_.clear();
    last_modified_.clear();
    back_off(jwks_reason::scheduled, now);
    return jwks_outcome::emptied;
}

/// Doubles the wait, with full jitter, so that replicas that lost their origin do not all come back
/// at once. A failed miss does not change when the set is due.
void jwks_cache::back_off(jwks_reason reason, uptime now)
{
    unknown_.drop();
    bad_.drop();
    if (reason != jwks_reason::scheduled)
        return;
    auto const step = std::min(backoff_base * (1U << std::min(failures_, 6U)), backoff_max);
    ++failures_;
    refresh_at_ = now + between(backoff_min, step);
}

uptime jwks_cache::next_due(uptime now) const
{
    auto const from = latest(now);
    if (wanted_ && !flight_)
        return from;
    std::optional<uptime> due;
    if (!flight_)
        due = refresh_at_;
    auto const consider = [&](std::optional<uptime> moment) {
        if (set_ && moment && *moment > from && (!due || *moment < *due))
            due = moment;
    };
    consider(fresh_until());
    consider(usable_until());
    return std::max(from, due.value_or(from + backoff_max));
}

std::shared_ptr<jwk_set const> jwks_cache::usable(uptime now) const
{
    auto const until = usable_until();
    return until && latest(now) >= *until ? nullptr : set_;
}

bool jwks_cache::is_stale(uptime now) const
{
    return usable(now) != nullptr && latest(now) >= confirmed_at_ + ttl_;
}

std::optional<uptime> jwks_cache::confirmed_at() const noexcept
{
    return set_ ? std::optional(confirmed_at_) : std::nullopt;
}

std::optional<uptime> jwks_cache::fresh_until() const noexcept
{
    return set_ ? std::optional(confirmed_at_ + ttl_) : std::nullopt;
}

std::optional<uptime> jwks_cache::usable_until() const noexcept
{
    if (!set_ || !policy_.stale_if_error)
        return std::nullopt;
    return confirmed_at_ + ttl_ + *policy_.stale_if_error;
}

milliseconds jwks_cache::ttl_of(std::optional<std::chrono::seconds> lifetime) const
{
    return lifetime ? std::clamp(*lifetime, policy_.ttl_min, policy_.ttl_max) : policy_.ttl;
}

milliseconds jwks_cache::between(milliseconds low, milliseconds high)
{
    return milliseconds(std::uniform_int_distribution(low.count(), high.count())(jitter_));
}

}  // namespace core

#include "service/issuers/fetched_issuer.hpp"

#include "core/crypto/digest.hpp"
#include "service/issuers/fetch_log.hpp"
#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <cstring>

namespace service {
namespace {

using std::chrono::milliseconds;

/// The loop's timers stop while the machine sleeps, but uptime does not, so the loop looks at least
/// this often.
constexpr milliseconds look_again{5000};
core::jwks_policy policy_of(config::fetch_settings const& from)
{
    core::jwks_policy policy;
    policy.ttl = from.cache_ttl;
    policy.ttl_min = from.min_ttl;
    policy.ttl_max = from.max_ttl;
    policy.stale_if_error = from.stale_if_error;
    return policy;
}

std::uint64_t any_seed()
{
    std::uint64_t seed = 0;
    auto const octets = core::crypto::random_bytes(sizeof seed);
    std::memcpy(&seed, octets.data(), sizeof seed);
    return seed;
}

/// Whether one of the keys is our own.
bool has_own_key(core::jwk_set const* set, core::own_keys const& ours)
{
    return set != nullptr && std::ranges::any_of(set->keys, [&](core::jwk const& one) {
               return ours.contains(*one.material);
           });
}

}  // namespace

fetched_issuer::fetched_issuer(
    issuer_world& world, issuer_place at, std::shared_ptr<net::tls_context const> system_roots
)
    : world_(world), place_(std::move(at)), origin_(place_, std::move(system_roots), world.fetch),
      cache_(policy_of(*issuer().fetch), any_seed(), uptime_now()),
      stored_(world, place_, origin_.source()),
      gate_(std::make_shared<signature_gate>(place_.terms->counters, place_.index))
{
}

core::instant fetched_issuer::on_the_wall(core::uptime moment) const
{
    return world_.now() + (moment - uptime_now());
}

void fetched_issuer::restore()
{
    if (auto left_out = stored_.restore(cache_))
        note_left_out(std::move(*left_out));
}

void fetched_issuer::take_over(fetched_issuer const& before)
{
    auto const now = uptime_now();
    auto const set = before.cache_.usable(now);
    auto const confirmed_at = before.cache_.confirmed_at();
    if (!set || !confirmed_at || has_own_key(set.get(), place_.terms->ours))
        return;
    static_cast<void>(cache_.restore(
        set, before.cache_.etag(), before.cache_.last_modified(), now - *confirmed_at, now
    ));
    stored_.take_over(before.stored_);
    state_.left_out = before.state_.left_out;
    state_.last_success = before.state_.last_success;
    state_.outcome = before.state_.outcome;
}

void fetched_issuer::move_to(issuer_place at)
{
    place_ = std::move(at);
    gate_ = std::make_shared<signature_gate>(place_.terms->counters, place_.index);
    auto const now = uptime_now();
    if (!has_own_key(cache_.usable(now).get(), place_.terms->ours))
        return;
    cache_.forget(now);
    wake_waiters();
}

void fetched_issuer::begin()
{
    is_live_ = true;
    publish();
    auto const on_end = [name = issuer().name](std::exception_ptr problem) {
        if (problem)
            log_error("issuer_loop_ended", {{"issuer", name}});
    };
    asio::co_spawn(world_.owner, run(shared_from_this()), on_end);
}

void fetched_issuer::end()
{
    is_live_ = false;
    wake_waiters();
}

asio::awaitable<void> fetched_issuer::run(std::shared_ptr<fetched_issuer> self)
{
    auto& mine = *self;
    asio::steady_timer alarm(mine.world_.owner);
    mine.alarm_ = &alarm;
    while (mine.is_live_) {
        auto const now = uptime_now();
        mine.publish();
        if (auto flight = mine.cache_.next_flight(now))
            mine.start_flight(std::move(*flight));
        boost::system::error_code ignored;
        alarm.expires_after(std::min<milliseconds>(mine.cache_.next_due(now) - now, look_again));
        co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    mine.alarm_ = nullptr;
}

void fetched_issuer::start_flight(core::jwks_flight flight)
{
    tell_gate();
    auto const on_end = [self = shared_from_this(),
                         number = flight.number](std::exception_ptr problem) {
        if (problem)
            self->flight_broke(number);
    };
    asio::co_spawn(world_.owner, fly(shared_from_this(), std::move(flight)), on_end);
}

void fetched_issuer::flight_broke(std::uint64_t number)
{
    log_error("jwks_fetch_broke", {{"issuer", issuer().name}});
    cache_.failed(number, uptime_now());
    wake_waiters();
}

void fetched_issuer::wake_loop()
{
    if (alarm_ != nullptr)
        alarm_->cancel();
}

void fetched_issuer::wake_waiters()
{
    waiting_.wake_all();
    waiting_signatures_.wake_all();
    wake_loop();
}

asio::awaitable<void>
fetched_issuer::fly(std::shared_ptr<fetched_issuer> self, core::jwks_flight flight)
{
    auto const began = clock::now();
    auto const sent = flight;
    auto what = co_await self->origin_.ask(
        std::move(flight), self->cache_.usable(uptime_now()), self->world_.cpu
    );
    if (self->is_live_)
        self->landed(sent, std::move(what), clock::now() - began);
}

void fetched_issuer::landed(
    core::jwks_flight const& flight, std::variant<origin_answer, origin_failure> what,
    clock::duration took
)
{
    state_.problem = {};
    fetch_outcome how{};
    if (auto* const answer = std::get_if<origin_answer>(&what)) {
        how = take(flight, std::move(*answer));
    } else {
        auto& why = std::get<origin_failure>(what);
        how = why.outcome;
        state_.problem = std::move(why.problem);
        cache_.failed(flight.number, uptime_now());
    }
    note_metadata();
    state_.outcome = to_string(how);
    state_.failures = is_success(how) ? 0 : state_.failures + 1;
    counters().count<"signet_jwks_fetch_total">(place_.index, flight.reason, how);
    counters().observe<"signet_jwks_fetch_duration_seconds">(took, place_.index);
    if (is_success(how)) {
        state_.last_success = world_.now();
        stored_.keep(cache_, state_.left_out);
    }
    publish();
    log_fetch(issuer().name, {flight.reason, how, took}, state_, cache_);
    wake_waiters();
}

fetch_outcome fetched_issuer::take(core::jwks_flight const& flight, origin_answer answer)
{
    auto const worth = answer.answer.reading.worth;
    bool const is_same_body = answer.answer.is_not_modified;
    auto const problem = answer.answer.reading.problem;
    if (!is_same_body)
        note_left_out(answer.answer.reading.left_out);
    auto const ended = cache_.fetched(flight.number, std::move(answer.answer), uptime_now());
    bool const is_taken =
        ended == core::jwks_outcome::replaced || ended == core::jwks_outcome::same;
    bool const is_condemned = worth == core::jwks_worth::condemned;
    if ((is_taken && !is_same_body) || is_condemned)
        stored_.take(std::move(answer.body));
    if (is_condemned)  // the next start must know it too
        stored_.keep(cache_, state_.left_out);
    switch (ended) {
    case core::jwks_outcome::replaced: return fetch_outcome::replaced;
    case core::jwks_outcome::same: return fetch_outcome::same;
    case core::jwks_outcome::emptied:
        state_.problem = is_condemned ? problem : "the issuer's set has been empty for a minute";
        return fetch_outcome::emptied;
    case core::jwks_outcome::unchanged:
    case core::jwks_outcome::late: break;
    }
    if (is_same_body)
        state_.problem = "the origin answered 304 to a request without conditions";
    else if (worth == core::jwks_worth::empty)
        state_.problem =
            "the set is empty; an empty set is accepted when it is still empty a minute later";
    else
        state_.problem = problem;
    return worth == core::jwks_worth::empty && !is_same_body ? fetch_outcome::empty
                                                             : fetch_outcome::foreign;
}

/// Tells people that the keys come from an old place, and the log whenever the reason is another
/// one.
void fetched_issuer::note_metadata()
{
    auto const& now = origin_.metadata_problem();
    if (now != told_of_metadata_ && !now.empty() && !origin_.jwks_uri().empty())
        log_warn(
            "issuer_metadata_refused", {{"issuer", issuer().name}, {"problem", own_text{now}}}
        );
    told_of_metadata_ = now;
    if (now.empty() || state_.problem == now)
        return;
    if (!state_.problem.empty())
        state_.problem += ' ';
    state_.problem += now + " The keys are fetched from where earlier metadata said.";
}

void fetched_issuer::note_left_out(std::vector<core::left_out_key> now)
{
    service::note_left_out(issuer().name, state_.left_out, now, place_.terms->ours);
    state_.left_out = std::move(now);
}

issuer_view::one fetched_issuer::look()
{
    auto const now = uptime_now();
    issuer_view::one one;
    one.keys = cache_.usable(now);
    one.is_stale = cache_.is_stale(now);
    one.gate = gate_;
    one.source = shared_from_this();
    one.had_keys = one.keys != nullptr;
    if (one.is_stale && !was_stale_)
        log_warn("jwks_stale", {{"issuer", issuer().name}, {"failures", state_.failures}});
    if (!one.keys && was_usable_)
        log_error(
            "jwks_unusable", {{"issuer", issuer().name}, {"reason", own_text{state_.problem}}}
        );
    was_stale_ = one.is_stale;
    was_usable_ = one.keys != nullptr;

    state_.url = origin_.jwks_uri().empty() ? origin_.source() : origin_.jwks_uri();
    state_.confirmed_at = cache_.confirmed_at();
    auto const wall = [this](std::optional<core::uptime> moment) {
        return moment ? std::optional(on_the_wall(*moment)) : std::nullopt;
    };
    state_.fresh_until = wall(cache_.fresh_until());
    state_.usable_until = wall(cache_.usable_until());
    state_.next_fetch = wall(cache_.refresh_at());
    if (!state_.last_success)
        state_.last_success = wall(cache_.confirmed_at());
    tell_gate();
    return one;
}

/// Publishes what every thread may use from here on, and what people are told.
void fetched_issuer::publish()
{
    auto one = look();
    if (!is_live_)
        return;
    world_.directory.put(place_.index, std::move(one));
    world_.directory.tell(place_.index, state_);
}

}  // namespace service

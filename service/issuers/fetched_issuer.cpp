#include "service/issuers/fetched_issuer.hpp"

#include "core/crypto/digest.hpp"
#include "service/issuers/fetch_log.hpp"
#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"

#include <boost/asio/redirect_error.hpp>

#include <cstring>

namespace service {
namespace {

using std::chrono::milliseconds;

/// The loop's timers stop while the machine sleeps, but uptime does not, so the loop looks at least
/// this often.
constexpr milliseconds look_again{5000};
/// How far a stored file's time may be ahead of the clock, which may have been set back since.
constexpr auto clock_slack = std::chrono::minutes(5);

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

}  // namespace

fetched_issuer::fetched_issuer(
    issuer_world& world, std::size_t index, config::issuer_settings const& issuer,
    config::limit_settings const& limits, std::shared_ptr<net::tls_context const> system_roots
)
    : world_(world), index_(index), issuer_(issuer), limits_(limits),
      origin_(issuer, limits, std::move(system_roots), world.fetch, world.ours),
      cache_(policy_of(*issuer.fetch), any_seed(), uptime_now())
{
    publish();
}

core::instant fetched_issuer::on_the_wall(core::uptime moment) const
{
    return world_.now() + (moment - uptime_now());
}

void fetched_issuer::restore()
{
    std::string problem;
    auto kept = world_.store.load(issuer_.name, limits_.jwks_bytes, problem);
    if (kept && (kept->issuer != issuer_.issuer || kept->source != origin_.source()))
        problem = "the stored keys are from another origin";
    else if (kept && kept->fetched_at > world_.now() + clock_slack)
        problem = "the stored keys are dated in the future";
    else if (kept) {
        auto reading = core::read_jwks(
            kept->body, issuer_.algorithms, limits_.jwks_keys, nullptr, &world_.ours
        );
        auto const age = std::max(world_.now() - kept->fetched_at, milliseconds(0));
        if (reading.worth != core::jwks_worth::usable)
            problem = "the stored keys cannot be used";
        else if (!cache_.restore(reading.set, kept->etag, kept->last_modified, age, uptime_now()))
            problem = "the stored keys are too old";
        else {
            body_ = std::move(kept->body);
            note_left_out(reading.left_out);
            log_info(
                "jwks_restored",
                {{"issuer", issuer_.name},
                 {"keys", reading.set->keys.size()},
                 {"age_s", std::chrono::floor<std::chrono::seconds>(age).count()}}
            );
        }
    }
    if (!problem.empty())
        log_warn("jwks_not_restored", {{"issuer", issuer_.name}, {"reason", problem}});
    publish();
}

asio::awaitable<void> fetched_issuer::run()
{
    auto const on_end = [this](std::exception_ptr problem, std::uint64_t number) {
        if (!problem)
            return;
        log_error("jwks_fetch_broke", {{"issuer", issuer_.name}});
        cache_.failed(number, uptime_now());
        wake_waiters();
    };
    asio::steady_timer alarm(world_.owner);
    alarm_ = &alarm;
    for (;;) {
        auto const now = uptime_now();
        publish();
        if (auto flight = cache_.next_flight(now)) {
            auto const number = flight->number;
            asio::co_spawn(
                world_.owner, fly(std::move(*flight)),
                [on_end, number](std::exception_ptr problem) { on_end(problem, number); }
            );
        }
        boost::system::error_code ignored;
        alarm.expires_after(std::min<milliseconds>(cache_.next_due(now) - now, look_again));
        co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

/// The metric value for an outcome of the cache.
miss_outcome fetched_issuer::judge(std::string const& kid)
{
    if (kid.empty()) {
        if (cache_.usable(uptime_now()))
            return miss_outcome::known;
        return cache_.is_fetching() ? miss_outcome::joined : miss_outcome::unavailable;
    }
    switch (cache_.lookup(kid, uptime_now())) {
    case core::kid_verdict::known: return miss_outcome::known;
    case core::kid_verdict::fetch: return miss_outcome::refetched;
    case core::kid_verdict::wait: return miss_outcome::joined;
    case core::kid_verdict::refused: return miss_outcome::negative;
    case core::kid_verdict::limited: return miss_outcome::suppressed;
    case core::kid_verdict::unavailable: return miss_outcome::unavailable;
    }
    return miss_outcome::suppressed;
}

asio::awaitable<bool> fetched_issuer::wait_for(std::string kid)
{
    auto how = judge(kid);
    if (how == miss_outcome::refetched)
        wake_loop();
    bool const may_wait = how == miss_outcome::refetched || how == miss_outcome::joined;
    if (may_wait && waiters_.size() >= waiters_max)
        how = miss_outcome::crowded;
    world_.counters.count<"signet_jwks_unknown_kid_total">(index_, how);
    if (how == miss_outcome::known)
        co_return true;
    if (!may_wait || how == miss_outcome::crowded)
        co_return false;

    asio::steady_timer timer(world_.owner, issuer_.fetch->miss_wait);
    // The waiter is removed on every way out, also when the loop ends and this never resumes.
    struct place {
        std::list<asio::steady_timer*>& in;
        std::list<asio::steady_timer*>::iterator at;
        ~place() { in.erase(at); }
    };
    place const mine{waiters_, waiters_.insert(waiters_.end(), &timer)};
    boost::system::error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return ended == asio::error::operation_aborted;
}

void fetched_issuer::wake_loop()
{
    if (alarm_ != nullptr)
        alarm_->cancel();
}

void fetched_issuer::wake_waiters()
{
    for (auto* timer : waiters_)
        timer->cancel();
    wake_loop();
}

asio::awaitable<void> fetched_issuer::fly(core::jwks_flight flight)
{
    auto const began = clock::now();
    auto const sent = flight;
    auto what = co_await origin_.ask(std::move(flight), cache_.usable(uptime_now()), world_.cpu);
    landed(sent, std::move(what), clock::now() - began);
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
        auto const& why = std::get<origin_failure>(what);
        how = why.outcome;
        state_.problem = why.sentence;
        cache_.failed(flight.number, uptime_now());
    }
    state_.outcome = to_string(how);
    state_.failures = is_success(how) ? 0 : state_.failures + 1;
    world_.counters.count<"signet_jwks_fetch_total">(index_, flight.reason, how);
    world_.counters.observe<"signet_jwks_fetch_duration_seconds">(took, index_);
    if (is_success(how)) {
        state_.last_success = world_.now();
        keep();
    }
    publish();
    log_fetch(issuer_.name, {flight.reason, how, took}, state_, cache_);
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
        body_ = std::move(answer.body);
    if (is_condemned)  // the next start must know it too
        keep();
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

void fetched_issuer::note_left_out(std::vector<core::left_out_key> now)
{
    service::note_left_out(issuer_.name, state_.left_out, now, world_.ours);
    state_.left_out = std::move(now);
}

/// Stores the set on another thread: a disk may be slow, and nothing waits for it. A set with
/// private keys or secrets is not written to disk, and the file from before is then removed.
void fetched_issuer::keep()
{
    if (!world_.store.is_on())
        return;
    if (gives_secrets_away(state_.left_out)) {
        asio::post(world_.cpu, [store = world_.store, name = issuer_.name] { store.remove(name); });
        return;
    }
    stored_keys keys;
    keys.issuer = issuer_.issuer;
    keys.source = origin_.source();
    keys.etag = cache_.etag();
    keys.last_modified = cache_.last_modified();
    keys.fetched_at = world_.now();
    keys.body = body_;
    asio::post(world_.cpu, [store = world_.store, name = issuer_.name, keys = std::move(keys)] {
        auto const problem = store.save(name, keys);
        if (!problem.empty())
            log_warn("jwks_not_kept", {{"issuer", name}, {"reason", problem}});
    });
}

/// Publishes what every thread may use from here on, and what people are told.
void fetched_issuer::publish()
{
    auto const now = uptime_now();
    issuer_view::one one;
    one.keys = cache_.usable(now);
    one.is_stale = cache_.is_stale(now);
    if (one.is_stale && !was_stale_)
        log_warn("jwks_stale", {{"issuer", issuer_.name}, {"failures", state_.failures}});
    if (!one.keys && was_usable_)
        log_error("jwks_unusable", {{"issuer", issuer_.name}, {"reason", state_.problem}});
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
    world_.directory.put(index_, std::move(one));
    world_.directory.tell(index_, state_);
}

}  // namespace service

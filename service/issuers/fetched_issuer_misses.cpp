#include "service/issuers/fetched_issuer.hpp"
#include "service/issuers/issuer_counters.hpp"
#include "service/runtime/clock.hpp"

/// The tokens that might be verified by newer keys, and what they wait for.
namespace service {
namespace {

/// The metric value for an outcome of the cache.
miss_outcome outcome_of(core::miss_verdict verdict)
{
    switch (verdict) {
    case core::miss_verdict::known: return miss_outcome::known;
    case core::miss_verdict::fetch: return miss_outcome::refetched;
    case core::miss_verdict::wait: return miss_outcome::joined;
    case core::miss_verdict::refused: return miss_outcome::negative;
    case core::miss_verdict::limited: return miss_outcome::suppressed;
    case core::miss_verdict::unavailable: return miss_outcome::unavailable;
    }
    return miss_outcome::suppressed;
}

}  // namespace

miss_outcome fetched_issuer::judge(missing_key const& what)
{
    auto const now = uptime_now();
    if (what.tried)
        return outcome_of(cache_.lookup_signature(what.tried.get(), what.signature, now));
    if (!what.kid.empty())
        return outcome_of(cache_.lookup(what.kid, now));
    if (cache_.usable(now))
        return miss_outcome::known;
    return cache_.is_fetching() ? miss_outcome::joined : miss_outcome::unavailable;
}

void fetched_issuer::count(missing_key const& what, miss_outcome how)
{
    if (what.tried)
        counters().count<"signet_jwks_bad_signature_total">(place_.index, how);
    else
        counters().count<"signet_jwks_unknown_kid_total">(place_.index, how);
}

asio::awaitable<bool> fetched_issuer::wait_for(missing_key what)
{
    auto& self = *what.issuer;  // which `what` keeps alive
    if (!self.is_live_)
        co_return false;
    auto how = self.judge(what);
    if (how == miss_outcome::refetched)
        self.wake_loop();
    bool const may_wait = how == miss_outcome::refetched || how == miss_outcome::joined;
    auto& waiting = what.tried ? self.waiting_signatures_ : self.waiting_;
    if (may_wait && waiting.is_full())
        how = miss_outcome::crowded;
    self.count(what, how);
    if (how == miss_outcome::known)
        co_return true;
    if (!may_wait || how == miss_outcome::crowded) {
        self.tell_gate();  // so that the next one does not come here
        co_return false;
    }
    auto turn = waiting.wait(self.world_.owner, self.issuer().fetch->miss_wait);
    bool const has_ended = co_await std::move(turn);
    self.tell_gate();
    bool const has_others = !what.tried || self.cache_.usable(uptime_now()) != what.tried;
    co_return has_ended&& has_others&& self.is_live_;
}

/// Call it whenever the cache has changed, or who waits.
void fetched_issuer::tell_gate()
{
    bool const is_fetching = cache_.is_fetching();
    signature_gate::state now;
    now.keys = cache_.usable(uptime_now()).get();
    now.opens_at = is_fetching ? core::uptime{} : cache_.signature_fetch_at();
    now.is_full = is_fetching && waiting_signatures_.is_full();
    gate_->tell(now, cache_.refused_signatures());
}

}  // namespace service

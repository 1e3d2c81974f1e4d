#include "tests/simulation/jwks_model.hpp"

#include <algorithm>
#include <utility>

namespace simulation {
namespace {

using namespace std::chrono_literals;
using core::jwks_reason;
using core::uptime;

/// Whether more than `most` of these moments are in a window that ends now, both ends included.
bool is_one_too_many(
    std::deque<uptime>& times, std::size_t most, std::chrono::seconds window, uptime now
)
{
    times.push_back(now);
    if (times.size() > most + 1)
        times.pop_front();
    return times.size() == most + 1 && times.back() - times.front() <= window;
}

}  // namespace

void model::schedule(uptime not_before, uptime not_after)
{
    scheduled_not_before_ = not_before;
    scheduled_not_after_ = not_after;
}

void model::restored(kids keys, std::chrono::milliseconds age, uptime now)
{
    ttl_ = policy_.ttl;
    if (policy_.stale_if_error && age >= ttl_ + *policy_.stale_if_error)
        return;
    keys_ = std::move(keys);
    confirmed_ = now - age;
}

/// P1: at most two fetches in 30 s for unknown kids, and one in 60 s for signatures; neither counts
/// for the other.
std::string model::check_rate(
    jwks_reason reason, std::deque<uptime>& of_kids, std::deque<uptime>& of_signatures, uptime now
) const
{
    if (reason == jwks_reason::miss && is_one_too_many(of_kids, 2, 30s, now))
        return "P1: a third fetch for unknown kids";
    if (reason == jwks_reason::signature && is_one_too_many(of_signatures, 1, 60s, now))
        return "P1: a second fetch for bad signatures";
    return "";
}

std::string model::begun(jwks_reason reason, uptime now)
{
    in_question_ = std::exchange(asked_, {});
    if (reason != jwks_reason::scheduled)
        return check_rate(reason, misses_begun_, signatures_begun_, now);
    return now < scheduled_not_before_ ? "a scheduled fetch began before its time" : "";
}

void model::confirm(
    jwks_reason reason, std::optional<std::chrono::seconds> lifetime, uptime asked, uptime now
)
{
    // P6: what all replicas did at one moment, they must not all repeat at another
    bool const is_in_step = !was_confirmed_ || failures_ != 0 || reason != jwks_reason::scheduled;
    was_confirmed_ = true;
    lifetime_ = lifetime;
    ttl_ = lifetime ? std::clamp(*lifetime, policy_.ttl_min, policy_.ttl_max) : policy_.ttl;
    confirmed_ = asked;
    failures_ = 0;
    empty_since_.reset();
    auto const earliest = is_in_step ? ttl_ / 10 : ttl_ * 3 / 4;
    schedule(std::max(now, asked + earliest), std::max(now + 100ms, asked + ttl_ * 9 / 10));
}

void model::back_off(jwks_reason reason, uptime now)
{
    if (reason != jwks_reason::scheduled)
        return;
    auto const step =
        std::min<std::chrono::milliseconds>(1s * (1U << std::min(failures_, 6U)), 60s);
    ++failures_;
    schedule(now + 100ms, now + step);
}

/// The same keys again do not verify what they did not verify before; other keys may.
void model::settle(said const& what)
{
    bool const is_same =
        what.kind == said::kind::same || (what.kind == said::kind::set && what.keys == keys_);
    if (is_same)
        refused_.merge(in_question_);
    else if (what.kind == said::kind::set)
        refused_.clear();
    in_question_.clear();
}

std::string
model::ended(jwks_reason reason, said const& what, uptime asked, uptime arrived, uptime now)
{
    auto broken = check_rate(reason, misses_arrived_, signatures_arrived_, arrived);
    settle(what);
    switch (what.kind) {
    case said::kind::set:
        keys_ = what.keys;
        confirm(reason, what.lifetime, asked, now);
        break;
    case said::kind::same:
        confirm(reason, what.lifetime ? what.lifetime : lifetime_, asked, now);
        break;
    case said::kind::empty:
        if (keys_.empty()) {
            back_off(reason, now);
        } else if (empty_since_ && now - *empty_since_ >= 60s) {
            keys_.clear();
            refused_.clear();
            empty_since_.reset();
            back_off(jwks_reason::scheduled, now);
        } else {
            empty_since_ = empty_since_.value_or(now);
            back_off(reason, now);
            schedule(
                std::min(scheduled_not_before_, *empty_since_ + 60s),
                std::min(scheduled_not_after_, *empty_since_ + 60s)
            );
        }
        break;
    case said::kind::foreign:
    case said::kind::failure:
        empty_since_.reset();
        back_off(reason, now);
        break;
    }
    return broken;
}

kids model::usable(uptime now) const
{
    bool const is_over =
        policy_.stale_if_error && now >= confirmed_ + ttl_ + *policy_.stale_if_error;
    return is_over ? kids{} : keys_;
}

}  // namespace simulation

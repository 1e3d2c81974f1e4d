#include "service/callers/caller_meter.hpp"

#include <algorithm>

namespace service {

std::string_view to_string(caller_excess what) noexcept
{
    switch (what) {
    case caller_excess::rate: return "rate";
    case caller_excess::in_flight: return "in_flight";
    }
    return "";
}

std::optional<caller_meter::nanoseconds>
caller_meter::take(config::caller_rate const& rate, time_point now) noexcept
{
    // In range: at most an hour for each request, and a million of them.
    auto const interval = std::max<std::int64_t>(nanoseconds(rate.per).count() / rate.requests, 1);
    auto const whole = interval * rate.burst;
    auto const present = nanoseconds(now.time_since_epoch()).count();
    auto const latest = present + whole;  // when an empty bucket is full again
    auto before = full_at_.load(std::memory_order_relaxed);
    for (;;) {
        // Never emptier than empty: another configuration may have had a larger bucket.
        auto const now_full_at = std::clamp(before, present, latest);
        auto const after = now_full_at + interval;
        auto const next = after <= latest ? after : now_full_at;
        if (!full_at_.compare_exchange_weak(before, next, std::memory_order_relaxed))
            continue;
        return after <= latest ? std::nullopt : std::optional(nanoseconds(after - latest));
    }
}

bool caller_meter::enter(std::uint32_t most) noexcept
{
    // Never counted before it is let in: somebody else would be refused for it.
    auto before = in_flight_.load(std::memory_order_relaxed);
    while (most == 0 || before < most) {
        if (in_flight_.compare_exchange_weak(before, before + 1, std::memory_order_relaxed))
            return true;
    }
    return false;
}

}  // namespace service

#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace service {

/// Lets some lines of one kind into the log and counts the others: `burst` at once, and then one
/// per interval. Usable from any thread, without a lock. When no line is allowed, asking costs one
/// load and one addition.
class line_limit {
public:
    static constexpr unsigned burst = 10;
    static constexpr std::chrono::seconds interval{1};

    /// Asks for one line.
    ///
    /// Returns  how many were left out since the last one that was allowed; nullopt = this one is
    ///          left out too.
    std::optional<std::uint64_t> admit(std::chrono::steady_clock::time_point now) noexcept
    {
        constexpr std::int64_t step = std::chrono::nanoseconds(interval).count();
        std::int64_t const at = std::chrono::nanoseconds(now.time_since_epoch()).count();
        auto rested_at = rested_at_.load(std::memory_order_relaxed);
        std::int64_t next = 0;
        do {
            if (rested_at > at + (burst - 1) * step) {
                left_out_.fetch_add(1, std::memory_order_relaxed);
                return std::nullopt;
            }
            next = std::max(rested_at, at) + step;
        } while (!rested_at_.compare_exchange_weak(rested_at, next, std::memory_order_relaxed));
        return take_left_out();
    }

    /// How many were left out and not yet reported; they count as reported now.
    std::uint64_t take_left_out() noexcept
    {
        bool const is_none = left_out_.load(std::memory_order_relaxed) == 0;
        return is_none ? 0 : left_out_.exchange(0, std::memory_order_relaxed);
    }

private:
    // When it allows a whole burst again, in nanoseconds of the steady clock.
    std::atomic<std::int64_t> rested_at_{std::numeric_limits<std::int64_t>::min()};
    std::atomic<std::uint64_t> left_out_{0};
};

}  // namespace service

#pragma once

#include <chrono>
#include <cstdint>

namespace service {

/// Decides whether more work comes to a queue than can be done. Then new work is refused at once: it
/// would only wait, and make all other work wait, until those who asked have left.
///
/// A queue is crowded when its oldest work has waited for too long, or when in two periods in a row
/// half as much again came as was begun. A burst is neither, and nor are a few clients that wait for
/// their answers before they ask again. It stays crowded until nobody had to be refused for `calm`:
/// as long as Retry-After asks clients to wait.
///
/// Not for several threads at once.
class crowding {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    static constexpr nanoseconds period = std::chrono::milliseconds(50);
    static constexpr nanoseconds calm = std::chrono::seconds(1);
    /// So many more than were begun are too few to say anything, in one period.
    static constexpr std::uint64_t few = 8;

    /// More work came, whether or not it may wait.
    ///
    /// is_late  some work has waited for too long.
    void came(bool is_late, time_point now);
    /// Work no longer waits, because a thread does it.
    void began() noexcept { ++began_; }
    /// Work was refused because of this.
    void refused(time_point now) noexcept { until_ = now + calm; }
    bool is_crowded(time_point now) const noexcept { return now < until_; }

private:
    void end_period(time_point now);

    std::uint64_t came_ = 0, began_ = 0;  // in this period
    bool was_too_much_ = false;           // in the period before
    time_point since_{};                  // when this period began
    time_point until_ = time_point::min();
};

}  // namespace service

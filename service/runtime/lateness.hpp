#pragma once

#include <chrono>

namespace service {

/// Whether requests wait for a thread that reads them, measured by how long their octets have waited
/// in the kernel. Such a thread gives more work to the pool than otherwise: only there work waits in a
/// queue that is short and refuses what comes too much, while the kernel's grows until every client
/// has asked.
///
/// Not for several threads at once.
class lateness {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    /// To look at one connection takes a call of the system, so it is done this often at most.
    static constexpr nanoseconds look_every = std::chrono::milliseconds(2);
    /// A few clients that wait for their answers before they ask again make each other wait less.
    static constexpr nanoseconds late_age = std::chrono::milliseconds(20);
    /// How long a thread is late after it was last seen to be: as long as the pool is crowded.
    static constexpr nanoseconds calm = std::chrono::seconds(1);

    bool is_due(time_point now) const noexcept { return now - looked_ >= look_every; }
    /// A request begins, of which the last octets have waited so long.
    void saw(nanoseconds waited, time_point now) noexcept
    {
        looked_ = now;
        if (was_refused_)
            refused_until_ = now + calm;
        if (waited >= late_age || was_refused_)
            until_ = now + calm;
        was_refused_ = false;
        is_late_ = now < until_;
    }
    /// The pool has refused work of this thread: it would come back here too early.
    void refused() noexcept { was_refused_ = true; }
    /// As of the last look.
    bool is_late() const noexcept { return is_late_; }
    /// Whether the pool has more work of this thread than it takes.
    bool is_refused_at(time_point now) const noexcept { return now < refused_until_; }

private:
    time_point looked_{};
    time_point until_ = time_point::min(), refused_until_ = time_point::min();
    bool is_late_ = false, was_refused_ = false;
};

/// That of the thread that calls.
inline lateness& thread_lateness() noexcept
{
    thread_local lateness mine;
    return mine;
}

}  // namespace service

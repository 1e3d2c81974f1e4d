#pragma once

#include <atomic>
#include <chrono>

namespace service {

/// Lets a repeated problem be logged once instead of every time: an episode begins with the first
/// problem after half a minute without one. Usable from any thread.
class episode {
public:
    static constexpr std::chrono::seconds quiet{30};

    /// Notes one more problem.
    /// Returns  whether an episode begins with it.
    bool begins(std::chrono::steady_clock::time_point now) noexcept
    {
        auto const last = last_.exchange(now, std::memory_order_relaxed);
        return last == never || now - last > quiet;
    }

private:
    static constexpr auto never = std::chrono::steady_clock::time_point::min();
    std::atomic<std::chrono::steady_clock::time_point> last_{never};
};

}  // namespace service

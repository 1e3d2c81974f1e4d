#pragma once

#include <atomic>
#include <chrono>

namespace service {

/// For saying once that something goes wrong, not every time: an episode begins with the first
/// mishap after half a minute without one. From any thread.
class episode {
public:
    static constexpr std::chrono::seconds quiet{30};

    /// One more mishap.
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

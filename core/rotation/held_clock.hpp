#pragma once

#include "core/base/time.hpp"

#include <optional>

namespace core::rotation {

/// The time by which keys change their states. It follows the machine's clock, and holds when that
/// jumps: a clock that is an hour ahead for a moment must not make a key sign before verifiers know
/// it, and states never go back. After `agreement` the new time is believed: somebody has set the
/// clock.
///
/// Not for tokens: whether one has expired is decided by the machine's clock.
class held_clock {
public:
    static constexpr std::chrono::minutes jump_min{5};    ///< less is believed at once
    static constexpr std::chrono::minutes agreement{15};  ///< how long a new time has to stay

    /// The time of keys, which never goes back.
    ///
    /// wall     what the machine's clock says.
    /// up       of the clock that only runs forward, at the same moment.
    instant at(instant wall, uptime up);

    /// Whether it holds: what it says is not what the machine's clock says.
    bool is_holding() const noexcept { return jumped_at_.has_value(); }
    /// How far the machine's clock is away while it holds.
    std::chrono::milliseconds distance() const noexcept { return distance_; }

private:
    std::optional<instant> wall_;  // the last one that was believed
    uptime up_{};                  // at the same moment
    instant latest_{};             // what was said
    std::optional<uptime> jumped_at_;
    std::chrono::milliseconds distance_{0};
};

}  // namespace core::rotation

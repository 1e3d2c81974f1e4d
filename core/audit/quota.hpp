#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace core {

/// The kinds of records that wait to be written, each with a share of the queue of its own.
enum class audit_lane : std::uint8_t {
    needed,     ///< somebody waits for it: without the record there is no reply
    callers,    ///< of callers and of the service itself
    strangers,  ///< of everybody else
};
inline constexpr std::size_t audit_lanes = 3;

/// How much of the queue each lane fills, in octets. No lane takes what another may use.
class audit_quota {
public:
    /// queue_max  octets of the needed lane; callers have half as much more, strangers an eighth.
    explicit audit_quota(std::size_t queue_max) { change(queue_max); }

    void change(std::size_t queue_max) { most_ = {queue_max, queue_max / 2, queue_max / 8}; }
    /// Takes room for a record; false = the lane has none, and the record is dropped or refused.
    bool take(audit_lane lane, std::size_t octets) noexcept
    {
        auto& used = used_[index(lane)];
        if (octets > most_[index(lane)] || used > most_[index(lane)] - octets)
            return false;
        used += octets;
        return true;
    }
    void give_back(audit_lane lane, std::size_t octets) noexcept { used_[index(lane)] -= octets; }
    std::size_t used(audit_lane lane) const noexcept { return used_[index(lane)]; }

private:
    static constexpr std::size_t index(audit_lane lane) noexcept
    {
        return static_cast<std::size_t>(lane);
    }
    std::array<std::size_t, audit_lanes> most_{}, used_{};
};

}  // namespace core

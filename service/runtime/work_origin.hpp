#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace service {

/// The queues of the pool: one for callers' work, and one for strangers' and the service's own.
enum class work_lane : std::uint8_t { callers, strangers };
inline constexpr std::size_t work_lanes = 2;
std::string_view to_string(work_lane lane) noexcept;

/// Why work is not done. Label values: stable, append only.
enum class work_refusal : std::uint8_t {
    full,    ///< strangers have no place left
    age,     ///< it waited too long, or would: more comes than can be done
    peer,    ///< one peer has half of the strangers' places
    caller,  ///< one caller has as many jobs in flight as it may
};
inline constexpr std::size_t work_refusals = 4;
std::string_view to_string(work_refusal why) noexcept;

/// What counts as one stranger, as service/callers/peer_group.hpp says it.
struct work_peer {
    std::uint8_t kind = 0;
    std::uint64_t bits = 0;

    auto operator<=>(work_peer const&) const = default;
};

/// For whom the pool works: it decides which queue the work waits in and what bounds it there.
class work_origin {
public:
    /// A configured caller.
    ///
    /// number   of the caller, which it keeps as long as the service lives.
    static constexpr work_origin of_caller(std::size_t number) noexcept
    {
        return {whose::caller, number};
    }
    /// Anybody in development mode: a caller without a limit of its own.
    static constexpr work_origin of_anybody() noexcept { return {whose::caller, no_caller}; }
    static constexpr work_origin of_stranger(work_peer peer) noexcept
    {
        return {whose::stranger, no_caller, peer};
    }
    /// The service's own work, such as reading a fetched set. It waits before strangers' work and
    /// is never refused: nobody decides from outside how much of it there is.
    static constexpr work_origin of_service() noexcept { return {whose::service, no_caller}; }

    /// The same work, that is known to be short.
    constexpr work_origin as_short() const noexcept
    {
        auto made = *this;
        made.is_short_ = true;
        return made;
    }

    /// The same work once more, after a part of it was done: it is not refused because others wait.
    constexpr work_origin as_continued() const noexcept
    {
        auto made = *this;
        made.is_continued_ = true;
        return made;
    }

    work_lane lane() const noexcept
    {
        return of_ == whose::caller ? work_lane::callers : work_lane::strangers;
    }
    bool is_short() const noexcept { return is_short_; }
    bool is_continued() const noexcept { return is_continued_; }
    bool is_service() const noexcept { return of_ == whose::service; }
    /// Whether both are of the same caller, or of the same stranger.
    bool is_same(work_origin const& other) const noexcept
    {
        return of_ == other.of_ && caller_ == other.caller_ && peer_ == other.peer_;
    }
    bool is_stranger() const noexcept { return of_ == whose::stranger; }
    bool is_capped_caller() const noexcept { return of_ == whose::caller && caller_ != no_caller; }
    std::size_t caller() const noexcept { return caller_; }
    work_peer const& peer() const noexcept { return peer_; }

private:
    enum class whose : std::uint8_t { caller, stranger, service };
    static constexpr auto no_caller = std::numeric_limits<std::size_t>::max();

    constexpr work_origin(whose of, std::size_t caller, work_peer peer = {}) noexcept
        : of_(of), caller_(caller), peer_(peer)
    {
    }

    whose of_;
    std::size_t caller_;
    work_peer peer_;
    bool is_short_ = false;
    bool is_continued_ = false;
};

}  // namespace service

#pragma once

#include "service/callers/peer_group.hpp"
#include "service/runtime/episode.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

namespace service {

/// Whose bodies: those of requests that prove a configured caller, or everybody else's.
enum class body_share : std::uint8_t { strangers, callers };
std::string_view to_string(body_share share) noexcept;

/// The memory that the bodies of all requests in flight may use together, with large heads and
/// replies to slow readers.
///
/// Callers may use all of it. Strangers may use half of it, and one of their peers a quarter of
/// that half, or one body of the largest size where that is more. So slow strangers never take the
/// callers' memory, and one of them never takes what the others share.
///
/// Asked when a body grows beyond what every connection has for itself, from any thread; small
/// bodies never ask. Its table only contains strangers that have bodies.
class body_budget {
public:
    /// all        in bytes.
    /// body_max   the largest body that any limit allows, in bytes.
    body_budget(std::size_t all, std::size_t body_max);
    /// Other limits. What is held beyond them stays until it is given back.
    void change(std::size_t all, std::size_t body_max);

    /// What one request uses; it is given back with this object. The budget outlives it.
    class lease {
    public:
        lease() = default;
        lease(lease&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), of_(other.of_), share_(other.share_),
              held_(std::exchange(other.held_, 0))
        {
        }
        lease& operator=(lease&& other) noexcept
        {
            std::swap(budget_, other.budget_);
            std::swap(of_, other.of_);
            std::swap(share_, other.share_);
            std::swap(held_, other.held_);
            return *this;
        }
        ~lease() { give_back(); }

        /// Whether it was ever opened.
        explicit operator bool() const noexcept { return budget_ != nullptr; }
        /// Uses `octets` from now on, more or less than before.
        /// Returns  false when there is no room for more; the old amount then stays.
        bool resize(std::size_t octets);
        body_share share() const noexcept { return share_; }
        void give_back() noexcept;

    private:
        friend class body_budget;
        body_budget* budget_ = nullptr;
        peer_group of_;
        body_share share_ = body_share::strangers;
        std::size_t held_ = 0;
    };

    /// A lease that uses nothing yet.
    lease open(peer_group from, body_share share);

    std::size_t held(body_share share) const noexcept { return cells_[at(share)].held; }
    std::uint64_t refusals(body_share share) const noexcept { return cells_[at(share)].refusals; }
    /// Whether an episode of refusals begins now, for the log.
    bool begins_refusing(body_share share, std::chrono::steady_clock::time_point now) noexcept
    {
        return episodes_[at(share)].begins(now);
    }
    /// How many bytes all of a share may use together.
    std::size_t share_max(body_share share) const noexcept
    {
        return share == body_share::callers ? all_.load() : strangers_max_.load();
    }
    std::size_t strangers_max() const noexcept { return strangers_max_; }
    std::size_t stranger_max() const noexcept { return stranger_max_; }

private:
    static std::size_t at(body_share share) noexcept { return static_cast<std::size_t>(share); }
    bool grow(peer_group const& of, body_share share, std::size_t more);
    void shrink(peer_group const& of, body_share share, std::size_t less) noexcept;

    struct cell {  // written under the guard; metrics read it without
        std::atomic<std::size_t> held{0};
        std::atomic<std::uint64_t> refusals{0};
    };
    std::atomic<std::size_t> all_, strangers_max_, stranger_max_;  // written under the guard
    std::mutex guard_;
    std::array<cell, 2> cells_;
    std::array<episode, 2> episodes_;
    std::map<peer_group, std::size_t> of_stranger_;
};

}  // namespace service

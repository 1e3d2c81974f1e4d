#pragma once

#include "config/values/settings.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace service {

/// Why a request of a known caller is not served. Label values: stable, append only.
enum class caller_excess : std::uint8_t { rate, in_flight };
inline constexpr std::size_t caller_excesses = 2;
std::string_view to_string(caller_excess what) noexcept;

/// Counts what one caller asks for: how often, and how much at once. It does not know the limits,
/// so that it can stay when they change. Usable from any thread, without a lock.
class caller_meter {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    /// number   of the caller: see work_origin.
    explicit caller_meter(std::size_t number) noexcept : number_(number) {}
    caller_meter(caller_meter const&) = delete;
    caller_meter& operator=(caller_meter const&) = delete;

    std::size_t number() const noexcept { return number_; }

    /// Takes one request out of the caller's bucket.
    ///
    /// rate     is limited.
    /// Returns  nullopt when there was one; else how long until there is one, and nothing is taken.
    std::optional<nanoseconds> take(config::caller_rate const& rate, time_point now) noexcept;

    /// Begins a request.
    ///
    /// most     that may be in flight; 0 = any number.
    /// Returns  false when so many are; else end it with `leave`.
    bool enter(std::uint32_t most) noexcept;
    void leave() noexcept { in_flight_.fetch_sub(1, std::memory_order_relaxed); }

    std::uint32_t in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

    void count(caller_excess what) noexcept
    {
        refused_[static_cast<std::size_t>(what)].fetch_add(1, std::memory_order_relaxed);
    }
    /// Requests that were refused since the start.
    std::uint64_t refused(caller_excess what) const noexcept
    {
        return refused_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
    }

private:
    std::size_t const number_;
    /// When the bucket is full again if nothing is taken, on the steady clock in nanoseconds: the
    /// "theoretical arrival time" of the generic cell rate algorithm, which is a token bucket in
    /// one number.
    std::atomic<std::int64_t> full_at_{0};
    std::atomic<std::uint32_t> in_flight_{0};
    std::array<std::atomic<std::uint64_t>, caller_excesses> refused_{};
};

/// One request of a caller that is in flight, until this ends.
class caller_lease {
public:
    caller_lease() = default;
    /// of       was entered.
    explicit caller_lease(std::shared_ptr<caller_meter> of) noexcept : of_(std::move(of)) {}
    caller_lease(caller_lease&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    caller_lease& operator=(caller_lease&& other) noexcept
    {
        if (this != &other) {
            give_back();
            of_ = std::exchange(other.of_, nullptr);
        }
        return *this;
    }
    ~caller_lease() { give_back(); }

    /// Whether it is a place of the caller with that meter.
    bool is_of(caller_meter const& one) const noexcept { return of_.get() == &one; }

    void give_back() noexcept
    {
        if (of_)
            of_->leave();
        of_.reset();
    }

private:
    std::shared_ptr<caller_meter> of_;  // null = of nobody who is counted
};

}  // namespace service

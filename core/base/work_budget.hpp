#pragma once

#include <algorithm>
#include <chrono>

namespace core {

/// An amount of work: the CPU time that it takes a reference core. algorithms/work_costs.hpp has
/// the price of everything that a request can cause.
using work = std::chrono::nanoseconds;

/// More than any budget, and so little that some thousand of them can be added. Prices that would
/// be higher are this.
inline constexpr work work_max = std::chrono::hours(24);

/// What one request may still cost. Whoever works for a request charges the work before doing it.
///
/// A thread that serves connections first holds a request to a small allowance. A request that
/// needs more is stopped there, released, and continued on the pool.
class work_budget {
public:
    /// all             what a request may cost; less than nothing is nothing.
    /// with_password   what it may cost once it stretches a password; at least `all` counts.
    work_budget(work all, work with_password)
        : all_(std::max(all, work{})), with_password_(std::max(all_, with_password))
    {
    }

    /// amount   a negative amount is the result of an overflow, and is never granted.
    /// Returns  false when less than `amount` is left: it must not be done, and the answer is
    ///          work_exceeded. Nothing is charged then.
    [[nodiscard]] bool charge(work amount) noexcept { return charge_within(all_, amount); }
    /// The same for the stretching of a password, which is slow by intention: once it is granted,
    /// the request may cost what one with a password may.
    [[nodiscard]] bool charge_password(work amount) noexcept
    {
        if (!charge_within(with_password_, amount))
            return false;
        all_ = with_password_;
        return true;
    }
    work spent() const noexcept { return spent_; }

    /// Allows only so much until `release`, for passwords too.
    void hold_to(work allowance) noexcept
    {
        held_to_ = spent_ + std::clamp(allowance, work{}, with_password_);
    }
    /// Whether a charge was refused only because of hold_to. What was stopped by it has no outcome
    /// yet: it is to be done again after `release`.
    bool is_held_up() const noexcept { return is_held_up_; }
    /// The charge that was refused first; it says how long the work will take at least.
    work held_up_by() const noexcept { return held_up_by_; }
    void release() noexcept
    {
        held_to_ = work::max();
        is_held_up_ = false;
    }

private:
    bool charge_within(work most, work amount) noexcept
    {
        if (amount < work{} || amount > most - spent_)
            return false;
        if (amount > held_to_ - spent_) {
            if (!is_held_up_)
                held_up_by_ = amount;
            is_held_up_ = true;
            return false;
        }
        spent_ += amount;
        return true;
    }

    work all_, with_password_;
    work held_to_ = work::max();
    work spent_{};
    work held_up_by_{};
    bool is_held_up_ = false;
};

/// Charges a budget that may be absent: null = what is read is our own, and is not bounded.
[[nodiscard]] inline bool charge(work_budget* budget, work amount) noexcept
{
    return budget == nullptr || budget->charge(amount);
}

[[nodiscard]] inline bool charge_password(work_budget* budget, work amount) noexcept
{
    return budget == nullptr || budget->charge_password(amount);
}
/// Whether what was just done has no outcome, because it is to be done again: see hold_to.
inline bool is_held_up(work_budget const* budget) noexcept
{
    return budget != nullptr && budget->is_held_up();
}

}  // namespace core

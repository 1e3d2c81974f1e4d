#pragma once

#include <algorithm>
#include <chrono>

namespace core {

/// An amount of work: the CPU time that it takes a reference core. algorithms/work_costs.hpp has
/// the price of everything that a request can cause.
using work = std::chrono::nanoseconds;

/// What one request may still cost. Whoever works for a request charges the work before doing it.
///
/// A thread that serves connections first holds a request to a small allowance. A request that
/// needs more is stopped there, released, and continued on the pool.
class work_budget {
public:
    /// all             what a request may cost.
    /// with_password   what it may cost once it stretches a password; at least `all` counts.
    work_budget(work all, work with_password)
        : all_(all), with_password_(std::max(all, with_password)), allowed_(all)
    {
    }

    /// Returns  false when less than `amount` is left: it must not be done, and the answer is
    ///          work_exceeded. Nothing is charged then.
    [[nodiscard]] bool charge(work amount) noexcept
    {
        if (amount > allowed_ - spent_)
            return refuse(amount);
        spent_ += amount;
        return true;
    }
    /// The same for the stretching of a password, which is slow by intention: from here on the
    /// request may cost what one with a password may.
    [[nodiscard]] bool charge_password(work amount) noexcept
    {
        bool const is_held = allowed_ < all_;
        all_ = with_password_;
        if (!is_held)
            allowed_ = all_;
        return charge(amount);
    }
    work spent() const noexcept { return spent_; }

    /// Allows only so much until `release`.
    void hold_to(work allowance) noexcept { allowed_ = std::min(all_, spent_ + allowance); }
    /// Whether a charge was refused only because of hold_to. What was stopped by it has no outcome
    /// yet: it is to be done again after `release`.
    bool is_held_up() const noexcept { return is_held_up_; }
    void release() noexcept
    {
        allowed_ = all_;
        is_held_up_ = false;
    }

private:
    bool refuse(work amount) noexcept
    {
        is_held_up_ = amount <= all_ - spent_;
        return false;
    }

    work all_, with_password_, allowed_;
    work spent_{};
    bool is_held_up_ = false;
};

/// Charges a budget that may be absent: null = what is read is our own, and is not bounded.
[[nodiscard]] inline bool charge(work_budget* budget, work amount) noexcept
{
    return budget == nullptr || budget->charge(amount);
}

}  // namespace core

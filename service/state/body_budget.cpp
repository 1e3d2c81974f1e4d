#include "service/state/body_budget.hpp"

#include <algorithm>

namespace service {

namespace {

constexpr std::size_t reading_overhead = 64U * 1024U;  // per body: the head, undecoded bytes

/// More than the limit may be held, when the limit was lowered.
bool has_room(std::size_t limit, std::size_t held, std::size_t more)
{
    return held <= limit && more <= limit - held;
}

}  // namespace

std::string_view to_string(body_share share) noexcept
{
    return share == body_share::callers ? "callers" : "strangers";
}

body_budget::body_budget(std::size_t all, std::size_t body_max)
{
    change(all, body_max);
}

void body_budget::change(std::size_t all, std::size_t body_max)
{
    auto const of_strangers = all / 2;
    auto const of_one = std::max(of_strangers / 4, body_max + body_max / 4 + reading_overhead);
    std::scoped_lock const lock(guard_);
    all_ = all;
    strangers_max_ = of_strangers;
    stranger_max_ = std::min(of_strangers, of_one);
}

body_budget::lease body_budget::open(peer_group from, body_share share)
{
    lease made;
    made.budget_ = this;
    made.of_ = from;
    made.share_ = share;
    return made;
}

bool body_budget::lease::resize(std::size_t octets)
{
    if (octets > held_ && !budget_->grow(of_, share_, octets - held_))
        return false;
    if (octets < held_)
        budget_->shrink(of_, share_, held_ - octets);
    held_ = octets;
    return true;
}

void body_budget::lease::give_back() noexcept
{
    if (budget_ != nullptr && held_ != 0)
        budget_->shrink(of_, share_, std::exchange(held_, 0));
    budget_ = nullptr;
}

bool body_budget::grow(peer_group const& of, body_share share, std::size_t more)
{
    std::scoped_lock const lock(guard_);
    auto& mine = cells_[at(share)];
    auto const refuse = [&] {
        ++mine.refusals;
        return false;
    };
    if (!has_room(all_, cells_[0].held + cells_[1].held, more))
        return refuse();
    if (share == body_share::strangers) {
        if (!has_room(strangers_max_, mine.held, more))
            return refuse();
        auto const found = of_stranger_.find(of);
        auto const has = found == of_stranger_.end() ? 0 : found->second;
        if (!has_room(stranger_max_, has, more))
            return refuse();
        of_stranger_[of] = has + more;
    }
    mine.held += more;
    return true;
}

void body_budget::shrink(peer_group const& of, body_share share, std::size_t less) noexcept
{
    std::scoped_lock const lock(guard_);
    cells_[at(share)].held -= less;
    if (share != body_share::strangers)
        return;
    auto const found = of_stranger_.find(of);
    if (found != of_stranger_.end() && (found->second -= less) == 0)
        of_stranger_.erase(found);
}

}  // namespace service

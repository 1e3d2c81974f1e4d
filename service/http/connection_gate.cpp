#include "service/http/connection_gate.hpp"

namespace service::http {

void connection_gate::place::give_back() noexcept
{
    if (auto* const gate = std::exchange(gate_, nullptr))
        gate->leave(*this);
}

connection_gate::entry connection_gate::enter(peer_group from)
{
    std::scoped_lock const lock(guard_);
    auto const tell = [&](admittance why) {
        if (told_ >= told_max)
            return entry{why, {}};
        ++told_;
        return entry{why, place(*this, from, true, false)};
    };
    bool const has_parts = bounds_.per_group != 0 && bounds_.per_group < bounds_.all;
    auto const found = of_group_.find(from);
    auto const has = found == of_group_.end() ? 0 : found->second;
    if (has_parts && has >= bounds_.per_group)
        return tell(admittance::group_full);
    if (served_ >= bounds_.all)
        return tell(admittance::full);
    if (has_parts)
        of_group_[from] = has + 1;
    ++served_;
    return {admittance::served, place(*this, from, false, has_parts)};
}

std::uint32_t connection_gate::served() const
{
    std::scoped_lock const lock(guard_);
    return served_;
}

void connection_gate::leave(place const& which) noexcept
{
    std::scoped_lock const lock(guard_);
    if (which.is_told_) {
        --told_;
        return;
    }
    --served_;
    if (!which.is_of_group_)
        return;
    auto const found = of_group_.find(which.of_);
    if (found != of_group_.end() && --found->second == 0)
        of_group_.erase(found);
}

}  // namespace service::http

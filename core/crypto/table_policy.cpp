#include "core/crypto/table_policy.hpp"

#include <algorithm>

namespace core::crypto {

table_policy::outcome table_policy::note(key_id of, unsigned uses)
{
    auto const before = now_;
    now_ += uses;
    if (places_ == 0)
        return {};
    if (auto const found = last_use_.find(of); found != last_use_.end()) {
        found->second = now_;
        return {};
    }
    if (counted_.size() >= counted_max && !counted_.contains(of))
        counted_.clear();
    auto& counted = counted_.try_emplace(of, candidate{before, 0}).first->second;
    counted.uses += std::min(uses, uses_to_earn);
    if (counted.uses < uses_to_earn)
        return {};

    outcome made;
    if (last_use_.size() >= places_) {
        auto const other = longest_unused();
        if (last_use_[other] > counted.since) {
            begin(counted);
            return {};
        }
        last_use_.erase(other);
        made.gives_up = other;
    }
    counted_.erase(of);
    last_use_[of] = now_;
    made.earns = true;
    return made;
}

void table_policy::forget(key_id of)
{
    counted_.erase(of);
    last_use_.erase(of);
}

table_policy::key_id table_policy::longest_unused() const
{
    return std::ranges::min_element(
               last_use_, {}, [](auto const& one) { return one.second; }
    )->first;
}

}  // namespace core::crypto

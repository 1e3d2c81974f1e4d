#pragma once

#include "config/values/settings.hpp"
#include "core/base/work_budget.hpp"
#include "service/callers/work_for.hpp"

namespace service {

/// What one request may cost, and for whom its work waits.
struct request_costs {
    core::work_budget budget;
    work_origin from;
};

/// The costs that who asks may cause: a caller more than a stranger.
inline request_costs costs_of(identity const& by, config::settings const& with)
{
    auto const from = work_for(by);
    auto const& limits = with.limits;
    auto const all = from.lane() == work_lane::callers ? limits.caller_work : limits.stranger_work;
    return {core::work_budget(all, limits.password_work), from};
}

}  // namespace service

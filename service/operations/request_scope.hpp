#pragma once

#include "core/base/time.hpp"
#include "core/base/work_budget.hpp"
#include "service/callers/peer.hpp"
#include "service/observe/observers.hpp"
#include "service/state/snapshot.hpp"

#include <memory>
#include <string_view>

namespace service {

/// Who asks, when, and what the service has at that moment. A copy keeps the snapshot alive, so it
/// may go to another thread. What the pointers and views refer to must outlive the request.
struct request_scope {
    credentials by;
    std::shared_ptr<snapshot const> seen;
    metrics& counters;
    core::instant now;
    core::work_budget* budget = nullptr;  ///< of the request; null = on the command line: unbounded
    refusal_log* refusals = nullptr;      ///< null = there is no log, as on the command line
    std::string_view request_id{};

    /// Who is told how it ends.
    observers told() const noexcept { return {counters, refusals, request_id}; }
    config::settings const& settings() const noexcept { return seen->settings; }
};

}  // namespace service

#pragma once

#include "core/audit/record.hpp"
#include "core/base/time.hpp"
#include "core/base/work_budget.hpp"
#include "service/callers/identity.hpp"
#include "service/observe/observers.hpp"
#include "service/state/snapshot.hpp"

#include <memory>
#include <string_view>

namespace service {

/// Who asks, when, and what the service has at that moment. A copy keeps the snapshot alive, so it
/// may go to another thread. What the pointers and views refer to must outlive the request.
struct request_scope {
    identity by;
    std::shared_ptr<snapshot const> seen;
    core::instant now;
    core::work_budget* budget = nullptr;  ///< of the request; null = on the command line: unbounded
    std::string_view request_id{};
    std::string_view traceparent{};    ///< as it came, once it was read; empty = there is none
    core::audit_note* note = nullptr;  ///< of the request or item; null = nobody asks for notes

    config::settings const& settings() const noexcept { return seen->settings; }
    metrics& counters() const noexcept { return seen->counters; }
    /// Who is told how it ends.
    observers told() const noexcept
    {
        return {seen->counters, seen->refusals, request_id, traceparent};
    }
};

}  // namespace service

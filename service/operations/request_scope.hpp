#pragma once

#include "core/base/time.hpp"
#include "service/callers/peer.hpp"
#include "service/observe/metrics.hpp"
#include "service/state/snapshot.hpp"

#include <memory>

namespace service {

/// Who asks, when, and what the service has at that moment. A copy keeps the snapshot alive, so it
/// may go to another thread. `by` and `counters` must outlive the request.
struct request_scope {
    credentials by;
    std::shared_ptr<snapshot const> seen;
    metrics& counters;
    core::instant now;

    config::settings const& settings() const noexcept { return seen->settings; }
};

}  // namespace service

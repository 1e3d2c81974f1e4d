#pragma once

#include "config/values/settings.hpp"
#include "core/keys/key_ring.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/metrics.hpp"
#include "service/observe/refusal_log.hpp"
#include "service/runtime/clock.hpp"
#include "service/runtime/work_pool.hpp"
#include "service/state/body_budget.hpp"
#include "service/state/key_tables.hpp"
#include "service/state/token_caches.hpp"

#include <atomic>
#include <string_view>
#include <vector>

namespace service {

/// The number of threads that serve: as configured, or one per core.
unsigned worker_count(config::settings const& from);

/// Everything that all workers share and that lives as long as the service.
class shared_state {
public:
    /// route_names  labels of metrics, the first one for requests without a route.
    shared_state(
        config::settings with, std::vector<std::string_view> const& route_names,
        clock_function clock = system_now
    );
    shared_state(shared_state const&) = delete;
    shared_state& operator=(shared_state const&) = delete;

    config::settings const settings;
    core::key_ring const keys;
    service::metrics metrics;
    refusal_log refusals;
    body_budget bodies;
    key_tables tables;
    token_caches tokens;
    work_pool cpu;  ///< expensive operations and batches; see run_on in async.hpp
    issuer_registry issuers;

    core::instant now() const { return clock_(); }
    /// Whether the service is about to stop; readiness reports it to everyone.
    bool is_draining() const noexcept { return is_draining_.load(std::memory_order_relaxed); }
    void start_draining() noexcept { is_draining_ = true; }

private:
    clock_function clock_;
    std::atomic<bool> is_draining_{false};
};

}  // namespace service

#pragma once

#include "config/values/settings.hpp"
#include "core/rotation/held_clock.hpp"
#include "service/audit/audit_log.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/metric_line.hpp"
#include "service/rotation/revocations.hpp"
#include "service/rotation/rotation_status.hpp"
#include "service/runtime/clock.hpp"
#include "service/runtime/work_pool.hpp"
#include "service/state/body_budget.hpp"
#include "service/state/caller_state.hpp"
#include "service/state/certificate_ends.hpp"
#include "service/state/configuration.hpp"
#include "service/state/dev_issuers.hpp"
#include "service/state/key_commands.hpp"
#include "service/state/key_tables.hpp"
#include "service/state/reload_status.hpp"
#include "service/state/token_caches.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace service {

/// The number of threads that serve: as configured, or one per core.
unsigned worker_count(config::settings const& from);

/// Everything that all workers share and that lives as long as the service, and the configuration
/// in force, which a reload replaces.
class shared_state {
public:
    /// route_names  labels of metrics, the first one for requests without a route.
    shared_state(
        config::settings with, std::vector<std::string_view> const& route_names,
        clock_function clock = system_now
    );
    shared_state(shared_state const&) = delete;
    shared_state& operator=(shared_state const&) = delete;

    process_metrics metrics;
    caller_state callers;

private:
    mutable std::mutex guard_;  // of the next two, and of the first with the directory's replace
    std::shared_ptr<configuration const> in_force_;
    std::vector<std::shared_ptr<refusal_log>> earlier_refusals_;  // requests may still use them
    std::atomic<std::uint64_t> libraries_chosen_{0};              // how often

public:
    body_budget bodies;
    service::certificate_ends certificate_ends;  ///< of our listeners
    key_tables tables;
    token_caches tokens;
    work_pool cpu;  ///< expensive operations and batches; see run_on in async.hpp
    issuer_registry issuers;
    reload_status reloads;
    /// Loads the configuration again, when somebody asks for it; on worker 0's thread. Empty = there
    /// is nothing that it could be loaded from.
    std::function<asio::awaitable<reload_report>()> reload{};
    service::revocations revocations;
    rotation_status rotation;
    /// Rotates and revokes, when somebody asks for it; on worker 0's thread. Its functions are empty
    /// where nothing can be rotated or revoked.
    key_commands commands{};

    /// Opens the audit log, where the configuration has one. Before anything is served. Throws
    /// startup_error.
    void start_audit();
    /// The audit log; null = there is none. The same as long as the service lives.
    audit_log* audit() const noexcept { return audit_.get(); }

    /// Makes the issuers of development mode, where it has some. Before anything is served. Throws
    /// startup_error.
    ///
    /// at       the first data listener as it was bound.
    void start_development(config::address const& at);
    /// They; null = there are none. The same as long as the service lives.
    dev_issuers* development() const noexcept { return development_.get(); }

    /// The configuration in force, with the keys of its issuers.
    struct moment {
        std::shared_ptr<configuration const> from;
        std::shared_ptr<issuer_view const> others;
    };
    moment look() const;
    std::shared_ptr<configuration const> in_force() const { return look().from; }
    /// The settings in force, for who serves no request. A request has its snapshot's.
    std::shared_ptr<config::settings const> settings() const { return in_force()->settings; }

    /// Makes a configuration that could be the next one. On any thread, between two `adopt`.
    std::shared_ptr<configuration const> prepare(std::shared_ptr<config::settings const> with);
    /// Another configuration takes effect. On worker 0's thread.
    void adopt(std::shared_ptr<configuration const> next, issuer_registry::next_issuers& others);

    /// The counters of the configuration in force, with what those before it have counted.
    std::shared_ptr<service::metrics> counted() { return counters_.collect(); }
    /// Writes what was left out of the log of refusals, and has not been reported.
    void tell_rest_of_refusals();

    core::instant now() const { return clock_(); }
    /// The time by which keys change their states, see core::rotation::held_clock. From any thread.
    core::instant key_time(core::instant now);
    /// From now on keys' states do not follow a jump of the clock. Without it they do.
    void hold_jumps(std::function<core::uptime()> uptime);
    /// Whether the service is about to stop; readiness reports it to everyone.
    bool is_draining() const noexcept { return is_draining_.load(std::memory_order_relaxed); }
    void start_draining() noexcept { is_draining_ = true; }

private:
    void let_go_of_other_libraries();
    void drop_earlier_refusals();

    std::vector<std::string_view> const route_names_;
    clock_function clock_;
    std::mutex key_clock_guard_;
    core::rotation::held_clock key_clock_;
    std::function<core::uptime()> uptime_;  // empty = jumps are followed
    std::atomic<bool> is_draining_{false};
    metric_line<service::metrics> counters_;
    std::unique_ptr<audit_log> audit_;
    std::unique_ptr<dev_issuers> development_;
};

}  // namespace service

#include "service/state/shared_state.hpp"

#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/episode.hpp"
#include "service/runtime/pool_operations.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

namespace service {
namespace {

std::size_t largest_body(config::limit_settings const& limits)
{
    return std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
}

work_queue::limits queue_limits(config::limit_settings const& from)
{
    work_queue::limits made;
    made.strangers = from.queued_jobs;
    made.age = from.queue_timeout;
    made.of_caller = from.caller_jobs;
    return made;
}

/// One line per reason until it is over.
std::function<void(work_lane, work_refusal)> tell_of_refusals()
{
    auto told = std::make_shared<std::array<episode, work_refusals>>();
    return [told = std::move(told)](work_lane lane, work_refusal why) {
        if ((*told)[static_cast<std::size_t>(why)].begins(std::chrono::steady_clock::now()))
            log_warn("work_refused", {{"queue", to_string(lane)}, {"reason", to_string(why)}});
    };
}

}  // namespace

unsigned worker_count(config::settings const& from)
{
    auto const cores = std::max(1U, std::thread::hardware_concurrency());
    return from.server.threads == 0 ? cores : from.server.threads;
}

shared_state::shared_state(
    config::settings with, std::vector<std::string_view> const& route_names, clock_function clock
)
    : settings(std::move(with)), keys(settings.keys), metrics(settings, route_names),
      refusals(settings, route_names),
      bodies(settings.limits.bodies_bytes, largest_body(settings.limits)),
      tables(
          settings.limits.key_tables,
          [this](std::function<void()> work) { run_later_on(cpu, std::move(work)); }
      ),
      tokens(settings.limits.token_cache_bytes, worker_count(settings)),
      cpu(worker_count(settings), queue_limits(settings.limits),
          {.on_begin =
               [this](work_lane lane, std::chrono::nanoseconds waited) {
                   metrics.observe<"signet_job_wait_seconds">(waited, lane);
                   pool_operations().use_tables(&tables);
               },
           .on_end = [] { pool_operations().give_back_tables(); },
           .on_refused = tell_of_refusals()}),
      issuers(settings, cpu, clock), clock_(std::move(clock))
{
}

}  // namespace service

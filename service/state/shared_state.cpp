#include "service/state/shared_state.hpp"

#include <algorithm>
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
      tokens(settings.limits.token_cache_bytes, worker_count(settings)),
      cpu(worker_count(settings), queue_limits(settings.limits),
          [this](work_lane lane, std::chrono::nanoseconds waited) {
              metrics.observe<"signet_job_wait_seconds">(waited, lane);
          }),
      issuers(settings, cpu, clock), clock_(std::move(clock))
{
}

}  // namespace service

#include "service/state/shared_state.hpp"

#include <algorithm>
#include <thread>

namespace service {
namespace {

std::size_t largest_body(config::limit_settings const& limits)
{
    return std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
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
      cpu(worker_count(settings)), issuers(settings, cpu, clock), clock_(std::move(clock))
{
}

}  // namespace service

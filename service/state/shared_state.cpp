#include "service/state/shared_state.hpp"

#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/episode.hpp"
#include "service/runtime/pool_operations.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <thread>
#include <utility>

namespace service {
namespace {

std::size_t largest_body(config::limit_settings const& limits)
{
    return std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
}

/// Enough for every thread to find its next job, and a wait of a few jobs.
constexpr std::size_t crowded_jobs_of_thread = 4;

work_queue::limits queue_limits(config::settings const& from)
{
    work_queue::limits made;
    made.strangers = from.limits.queued_jobs;
    made.age = from.limits.queue_timeout;
    made.of_caller = from.limits.caller_jobs;
    made.when_crowded = crowded_jobs_of_thread * worker_count(from);
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

std::shared_ptr<configuration const> first_configuration(
    std::shared_ptr<config::settings const> settings, process_metrics& of_process,
    caller_state& callers, std::vector<std::string_view> const& route_names
)
{
    auto book = callers.book_of(*settings);
    auto counters = std::make_shared<metrics>(*settings, of_process);
    auto refusals = std::make_shared<refusal_log>(*settings, route_names);
    return std::make_shared<configuration const>(
        1, std::move(settings), std::move(book), std::move(counters), std::move(refusals)
    );
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
    : metrics(route_names),
      in_force_(first_configuration(
          std::make_shared<config::settings const>(std::move(with)), metrics, callers, route_names
      )),
      bodies(in_force_->settings->limits.bodies_bytes, largest_body(in_force_->settings->limits)),
      tables(
          in_force_->settings->limits.key_tables,
          [this](std::function<void()> work) { run_later_on(cpu, std::move(work)); }
      ),
      tokens(in_force_->settings->limits.token_cache_bytes, worker_count(*in_force_->settings)),
      cpu(worker_count(*in_force_->settings), queue_limits(*in_force_->settings),
          {.on_begin =
               [this](work_lane lane, std::chrono::nanoseconds waited) {
                   metrics.observe<"signet_job_wait_seconds">(waited, lane);
                   let_go_of_other_libraries();
                   pool_operations().use_tables(&tables);
               },
           .on_end = [] { pool_operations().give_back_tables(); },
           .on_refused = tell_of_refusals(),
           .on_visit = [] { pool_operations().drop_gone_keys(); }}),
      issuers(in_force_->settings, cpu, clock), reloads(clock()), route_names_(route_names),
      clock_(std::move(clock)), counters_(in_force_->counters)
{
}

/// On a thread of the pool: what it keeps was made with the libraries that were chosen then.
void shared_state::let_go_of_other_libraries()
{
    thread_local std::uint64_t seen = 0;
    auto const now = libraries_chosen_.load(std::memory_order_relaxed);
    if (std::exchange(seen, now) != now)
        pool_operations().clear();
}

core::instant shared_state::key_time(core::instant now)
{
    std::scoped_lock const lock(key_clock_guard_);
    if (!uptime_)
        return now;
    auto const at = key_clock_.at(now, uptime_());
    auto const distance =
        key_clock_.is_holding() ? key_clock_.distance() : std::chrono::milliseconds{0};
    rotation.change([&](rotation_status::facts& facts) { facts.clock_distance = distance; });
    return at;
}

void shared_state::hold_jumps(std::function<core::uptime()> uptime)
{
    std::scoped_lock const lock(key_clock_guard_);
    uptime_ = std::move(uptime);
    static_cast<void>(key_clock_.at(clock_(), uptime_()));
}

void shared_state::start_audit()
{
    auto const now = settings();
    if (now->audit.is_on())
        audit_ = std::make_unique<audit_log>(now->audit, clock_);
}

void shared_state::start_development(config::address const& at)
{
    auto const now = settings();
    auto const& wanted = now->development;
    if (!wanted.issuers.empty())
        development_ =
            std::make_unique<dev_issuers>(wanted.issuers, config::url_of_development(wanted, at));
}

shared_state::moment shared_state::look() const
{
    std::scoped_lock const lock(guard_);
    return {in_force_, issuers.directory().view()};
}

std::shared_ptr<configuration const>
shared_state::prepare(std::shared_ptr<config::settings const> with)
{
    auto const before = in_force();
    auto counters = before->counters;
    if (!counters->has_labels_of(*with))
        counters = std::make_shared<service::metrics>(*with, before->counters->of_process());
    auto refusals = before->refusals;
    if (!refusals->has_subjects_of(*with, route_names_))
        refusals = std::make_shared<refusal_log>(*with, route_names_);
    auto book = callers.book_of(*with);
    return std::make_shared<configuration const>(
        before->generation + 1, std::move(with), std::move(book), std::move(counters),
        std::move(refusals)
    );
}

void shared_state::adopt(
    std::shared_ptr<configuration const> next, issuer_registry::next_issuers& others
)
{
    auto const& limits = next->settings->limits;
    if (next->settings->crypto.providers != in_force_->settings->crypto.providers)
        ++libraries_chosen_;
    bodies.change(limits.bodies_bytes, largest_body(limits));
    tables.change(limits.key_tables);
    cpu.change(queue_limits(*next->settings));
    if (audit_)
        audit_->change(next->settings->audit);
    std::scoped_lock const lock(guard_);
    counters_.replace(next->counters);
    if (next->refusals != in_force_->refusals)
        earlier_refusals_.push_back(in_force_->refusals);
    in_force_ = std::move(next);
    drop_earlier_refusals();
    issuers.adopt(others);
}

void shared_state::tell_rest_of_refusals()
{
    std::scoped_lock const lock(guard_);
    in_force_->refusals->tell_rest();
    drop_earlier_refusals();
}

/// Those that no request uses any more.
void shared_state::drop_earlier_refusals()
{
    std::erase_if(earlier_refusals_, [](std::shared_ptr<refusal_log> const& one) {
        bool const is_unused = one.use_count() == 1;
        one->tell_rest();
        return is_unused;
    });
}

}  // namespace service

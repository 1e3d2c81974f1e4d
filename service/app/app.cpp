#include "service/app/app.hpp"

#include "service/app/signals.hpp"
#include "service/http/router.hpp"
#include "service/http/server.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <thread>

namespace service {

namespace {

constexpr std::chrono::milliseconds drain_poll{20};

unsigned worker_count(config::settings const& from)
{
    auto const cores = std::max(1U, std::thread::hardware_concurrency());
    return from.server.threads == 0 ? cores : from.server.threads;
}

std::size_t largest_body(config::limit_settings const& limits)
{
    return std::max({limits.body_bytes, limits.batch_body_bytes, limits.encryption_body_bytes});
}

asio::awaitable<void> pause(std::chrono::milliseconds time)
{
    boost::system::error_code ignored;
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// At a level that no setting can lower: what was set from outside the file may be that level.
void say_overrides(config::loaded const& with)
{
    start_log({.level = config::log_level::info, .format = with.settings.log.format});
    for (auto const& one : with.overrides)
        log_info("setting_overridden", {{"setting", one.setting}, {"by", one.by}});
}

}  // namespace

core::instant system_now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

app::app(config::settings with, clock_function clock)
    : settings(std::move(with)), keys(settings.keys), metrics(settings, http::route_names()),
      bodies(settings.limits.bodies_bytes, largest_body(settings.limits)),
      cpu(worker_count(settings)), issuers(std::make_unique<issuer_registry>(settings, cpu, clock)),
      clock_(std::move(clock)), server_(std::make_unique<http::server>(*this))
{
    for (unsigned i = 0; i < worker_count(settings); ++i)
        workers_.push_back(std::make_unique<worker>(*this, i));
}

app::~app()
{
    // Work on the pool comes back to a worker's loop, also what has not begun yet: all of it is
    // done first. It is bounded, because batches look at their deadline between items.
    cpu.join();
}

void app::listen()
{
    issuers->start(workers_.front()->io);
    server_->listen(workers_);
    bound_ = server_->bound();
}

void app::run()
{
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i)
        threads.emplace_back([&io = workers_[i]->io] { io.run(); });
    workers_.front()->io.run();
    for (auto& one : threads)
        one.join();
}

void app::stop()
{
    if (is_stopping_.exchange(true)) {
        stop_loops();
        return;
    }
    draining_ = true;
    auto const on_end = [this](std::exception_ptr) { stop_loops(); };
    asio::co_spawn(workers_.front()->io, drain(), on_end);
}

void app::stop_loops()
{
    for (auto const& one : workers_)
        one->io.stop();
}

asio::awaitable<void> app::drain()
{
    log_info("draining", {{"delay_s", settings.server.drain_delay.count()}});
    co_await pause(settings.server.drain_delay);
    server_->stop_accepting();
    auto const end = std::chrono::steady_clock::now() + settings.server.drain_limit;
    do
        co_await pause(drain_poll);
    while (server_->connections() > 0 && std::chrono::steady_clock::now() < end);
    log_info("stopped", {{"connections_cut", server_->connections()}});
}

int serve(config::loaded&& with)
{
    say_overrides(with);
    start_log(with.settings.log);
    harden_process();
    for (auto const& one : with.warnings)
        log_warn(
            "configuration",
            {{"file", one.file},
             {"line", one.line},
             {"setting", one.path},
             {"text", own_text{one.text}}}
        );
    app service(std::move(with.settings));
    try {
        service.listen();
    } catch (startup_error const& problem) {
        log_error("startup_failed", {{"reason", own_text{problem.text}}});
        return 3;
    }
    if (service.settings.dev)
        log_warn(
            "development_mode", {{"note", "open caller policy, generated key: not for production"}}
        );
    listen_to_signals(service);
    log_info("started", {{"version", SIGNET_VERSION}, {"workers", service.workers().size()}});
    service.run();
    return 0;
}

}  // namespace service

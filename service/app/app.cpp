#include "service/app/app.hpp"

#include "core/crypto/gone_keys.hpp"
#include "service/app/audit_watch.hpp"
#include "service/app/key_keeper.hpp"
#include "service/app/pause.hpp"
#include "service/app/reloader.hpp"
#include "service/endpoints/routes.hpp"
#include "service/http/server.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/thread_turns.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace service {

namespace {

constexpr std::chrono::milliseconds drain_poll{20};
constexpr std::chrono::seconds forgetting_period{1};
constexpr std::chrono::minutes refusals_period{1};  // between lines about what was left out

}  // namespace

app::app(config::settings with, clock_function clock)
    : shared_(std::move(with), http::route_names(all_routes()), std::move(clock)),
      server_(std::make_unique<http::server>(shared_, all_routes()))
{
    for (unsigned i = 0; i < worker_count(*shared_.settings()); ++i)
        workers_.push_back(std::make_unique<worker>(shared_, i));
    shared_.tables.on_retirement([this] {
        for (auto const& one : workers_)
            asio::post(one->io, [&here = *one] { here.operations.drop_retired_tables(); });
    });
}

app::~app()
{
    // Work on the pool returns to a worker's loop, also work that has not begun yet, so all of it
    // is finished first. It is bounded, because batches check their deadline between items.
    keeper_.reset();
    shared_.cpu.join();
    if (auto* const log = shared_.audit())  // who waits for a record is on a worker's loop too
        log->close();
}

void app::listen()
{
    shared_.start_audit();
    shared_.issuers.start(workers_.front()->io);
    server_->listen(workers_);
    bound_ = server_->bound();
    if (!bound_.empty())
        shared_.start_development(bound_.front());
}

void app::reload_from(loaded_from from)
{
    reloader_ = std::make_unique<reloader>(shared_, *server_, workers_, std::move(from));
    shared_.reload = [this] { return reloader_->reload(by_request); };
    auto const on_end = [](std::exception_ptr problem) { http::report_end("watch", problem); };
    asio::co_spawn(workers_.front()->io, reloader_->watch(), on_end);
    keep_keys();
}

void app::keep_keys()
{
    auto amend = [this](std::string_view why) { return reloader_->amend(why); };
    keeper_ = std::make_unique<key_keeper>(shared_, workers_, std::move(amend));
    keeper_->open();
    shared_.commands.rotate = [this](std::string series, bool is_emergency, std::string by) {
        return keeper_->rotate(std::move(series), is_emergency, std::move(by));
    };
    shared_.commands.revoke = [this](std::string kid, std::string by) {
        return keeper_->revoke(std::move(kid), std::move(by));
    };
    auto const on_end = [](std::exception_ptr problem) { http::report_end("keys", problem); };
    asio::co_spawn(workers_.front()->io, keeper_->watch(), on_end);
    asio::co_spawn(workers_.front()->io, keeper_->keep(), on_end);
}

void app::reload()
{
    if (!reloader_)
        return log_warn(
            "reload_unsupported", {{"note", "there is no configuration to load again"}}
        );
    if (reloader_->has_next())  // which will see what this signal is about
        return;
    auto const on_end = [](std::exception_ptr problem, reload_report const&) {
        http::report_end("reload", problem);
    };
    asio::co_spawn(workers_.front()->io, reloader_->reload("signal"), on_end);
}

void app::run()
{
    auto const on_end = [](std::exception_ptr problem) {
        if (problem)
            log_error("refusals_unreported");
    };
    asio::co_spawn(workers_.front()->io, report_refusals(), on_end);
    auto const on_forgetting_end = [](std::exception_ptr problem) {
        if (problem)
            log_error("gone_keys_remembered");
    };
    asio::co_spawn(workers_.front()->io, forget_gone_keys(), on_forgetting_end);
    if (shared_.audit() != nullptr)
        begin_audit();
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i)
        threads.emplace_back([&io = workers_[i]->io] {
            go_first();
            io.run();
        });
    go_first();
    workers_.front()->io.run();
    for (auto& one : threads)
        one.join();
    if (auto* const log = shared_.audit())
        log->note(core::audit_lane::callers, service_record(core::audit_event::stop, shared_));
}

void app::begin_audit()
{
    shared_.audit()->note(
        core::audit_lane::callers, service_record(core::audit_event::start, shared_)
    );
    auto const on_end = [](std::exception_ptr problem) {
        if (problem)
            log_error("audit_unwatched");
    };
    asio::co_spawn(workers_.front()->io, watch_audit(*workers_.front()), on_end);
}

void app::stop()
{
    if (is_stopping_.exchange(true)) {
        stop_loops();
        return;
    }
    shared_.start_draining();
    auto const on_end = [this](std::exception_ptr) { stop_loops(); };
    asio::co_spawn(workers_.front()->io, drain(), on_end);
}

void app::stop_loops()
{
    for (auto const& one : workers_)
        one->io.stop();
}

/// Ends with the loop.
asio::awaitable<void> app::report_refusals()
{
    for (;;) {
        co_await pause(refusals_period);
        shared_.tell_rest_of_refusals();
    }
}

/// A key that is gone has left copies with the threads that used it. Ends with the loop.
asio::awaitable<void> app::forget_gone_keys()
{
    auto seen = core::crypto::gone_keys();
    for (;;) {
        co_await pause(forgetting_period);
        auto const now = core::crypto::gone_keys();
        if (std::exchange(seen, now) == now)
            continue;
        for (auto const& one : workers_)
            asio::post(one->io, [&here = *one] { here.operations.drop_gone_keys(); });
        shared_.cpu.visit();
    }
}

asio::awaitable<void> app::drain()
{
    auto const settings = shared_.settings();
    log_info("draining", {{"delay_s", settings->server.drain_delay.count()}});
    co_await pause(settings->server.drain_delay);
    server_->stop_accepting();
    auto const end = std::chrono::steady_clock::now() + settings->server.drain_limit;
    auto const is_busy = [this] {
        return !server_->has_stopped_accepting() || server_->connections() > 0
            || server_->is_administering();
    };
    do
        co_await pause(drain_poll);
    while (is_busy() && std::chrono::steady_clock::now() < end);
    shared_.tell_rest_of_refusals();
    log_info("stopped", {{"connections_cut", server_->connections()}});
}

}  // namespace service

#pragma once

#include "config/load/load.hpp"
#include "core/base/time.hpp"
#include "core/keys/key_ring.hpp"
#include "service/http/body_budget.hpp"
#include "service/observe/metrics.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace service {

class issuer_registry;
namespace http {
class server;
}

/// Reads the wall clock; tests put their own in its place.
using clock_function = std::function<core::instant()>;
core::instant system_now();

/// Why the service could not start: one line for people (serve exits with 3).
struct startup_error {
    std::string text;
};

/// The composition root: owns every object that lives as long as the service.
class app {
public:
    explicit app(config::settings with, clock_function clock = system_now);
    ~app();
    app(app const&) = delete;
    app& operator=(app const&) = delete;

    config::settings const settings;
    core::key_ring const keys;
    service::metrics metrics;
    http::body_budget bodies;
    boost::asio::thread_pool cpu;  ///< dear operations and batches; see run_on in async.hpp
    std::unique_ptr<issuer_registry> const issuers;  ///< never null

    core::instant now() const { return clock_(); }
    bool is_draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
    std::vector<std::unique_ptr<worker>> const& workers() const noexcept { return workers_; }

    /// Binds every listener. Throws startup_error when one cannot be.
    void listen();
    /// Where it listens after listen(), ports filled in: data listeners, then admin, then probes.
    std::vector<config::address> const& bound() const noexcept { return bound_; }
    /// Serves until stopped; the calling thread is worker 0.
    void run();
    /// Starts the graceful stop, or ends it at once when one is under way. From any thread.
    void stop();

private:
    boost::asio::awaitable<void> drain();
    void stop_loops();

    clock_function clock_;
    std::atomic<bool> draining_{false};
    std::atomic<bool> is_stopping_{false};
    std::vector<config::address> bound_;
    std::unique_ptr<http::server> server_;  // outlives the loops: sessions unlink from it
    std::vector<std::unique_ptr<worker>> workers_;
};

/// Runs the service until SIGTERM or SIGINT.
/// Returns  the exit code: 0 after a graceful stop, 3 when a listener cannot be bound.
int serve(config::loaded&& with);

}  // namespace service

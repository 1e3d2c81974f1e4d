#pragma once

#include "service/runtime/clock.hpp"
#include "service/runtime/startup_error.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace service {

namespace http {
class server;
}
class key_keeper;
class reloader;
struct loaded_from;

/// The composition root: owns every object that lives as long as the service.
class app {
public:
    explicit app(config::settings with, clock_function clock = system_now);
    ~app();
    app(app const&) = delete;
    app& operator=(app const&) = delete;

    shared_state& shared() noexcept { return shared_; }
    std::vector<std::unique_ptr<worker>> const& workers() const noexcept { return workers_; }

    /// Binds every listener. Throws startup_error when one cannot be.
    void listen();
    /// The addresses after listen(), with ports: data listeners, then admin, then probes.
    std::vector<config::address> const& bound() const noexcept { return bound_; }
    /// Lets the configuration be loaded again while the service runs, and keys be rotated and
    /// revoked. After listen, before run. Throws startup_error when `state_dir` cannot be read.
    void reload_from(loaded_from from);
    /// Loads it again, as SIGHUP asks for it. On worker 0's thread.
    void reload();
    /// Serves until stopped; the calling thread is worker 0.
    void run();
    /// Starts the graceful stop, or ends it at once when one is running. From any thread.
    void stop();

private:
    boost::asio::awaitable<void> drain();
    boost::asio::awaitable<void> report_refusals();
    boost::asio::awaitable<void> forget_gone_keys();
    void begin_audit();
    void stop_loops();
    void keep_keys();

    shared_state shared_;
    std::atomic<bool> is_stopping_{false};
    std::vector<config::address> bound_;
    std::unique_ptr<http::server> server_;  // outlives the loops: sessions unlink from it
    std::vector<std::unique_ptr<worker>> workers_;
    std::unique_ptr<reloader> reloader_;  // null = there is nothing to load from
    std::unique_ptr<key_keeper> keeper_;  // the same
};

}  // namespace service

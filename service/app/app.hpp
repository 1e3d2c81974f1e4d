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
    /// Serves until stopped; the calling thread is worker 0.
    void run();
    /// Starts the graceful stop, or ends it at once when one is running. From any thread.
    void stop();

private:
    boost::asio::awaitable<void> drain();
    boost::asio::awaitable<void> report_refusals();
    void stop_loops();

    shared_state shared_;
    std::atomic<bool> is_stopping_{false};
    std::vector<config::address> bound_;
    std::unique_ptr<http::server> server_;  // outlives the loops: sessions unlink from it
    std::vector<std::unique_ptr<worker>> workers_;
};

}  // namespace service

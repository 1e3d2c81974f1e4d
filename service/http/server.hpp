#pragma once

#include "service/http/listener.hpp"
#include "service/http/session_set.hpp"
#include "service/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace service::http {

/// All listeners and all connections. Each worker accepts from its own socket of every TCP data
/// listener; a Unix socket has one acceptor, which hands connections round. Admin and probes
/// listeners live on worker 0, do not count as connections, and stay open until the very end.
class server {
public:
    explicit server(app& owner);
    ~server();

    /// Binds every listener of the settings and queues the accept loops on the workers' loops.
    /// Throws   startup_error
    void listen(std::vector<std::unique_ptr<worker>> const& workers);
    /// Ports filled in: data listeners, then admin, then probes.
    std::vector<config::address> bound() const;

    /// Ends accepting on the data listeners and all idle connections. From any thread; returns at
    /// once, the workers do it.
    void stop_accepting();
    /// Data connections that are still there.
    std::int64_t connections() const noexcept;

private:
    using acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
    struct open_acceptor {
        acceptor* from;
        listen_point const* at;
        bool spreads;
    };
    /// What one worker has; touched on its thread only, once it runs.
    struct share {
        session_set data;
        session_set admin;
        std::vector<open_acceptor> acceptors;  // of data listeners; the accept loops own them
    };

    void add_data(listen_point& at, std::vector<std::unique_ptr<worker>> const& workers);
    void add_admin(config::address const& address, http::role role, worker& first);
    void spawn_accept(listening_socket socket, listen_point const& at, worker& here, bool spreads);
    asio::awaitable<void>
    accept_loop(acceptor from, listen_point const& at, worker& here, bool spreads);
    asio::awaitable<void> sweep_loop(worker& here);
    worker& worker_for(worker& here, bool spreads);
    void take(stream_socket socket, listen_point const& at, worker& on);
    void start_session(stream_socket socket, listen_point const& at, worker& here);
    void stop_on(worker& here);

    app& owner_;
    std::vector<std::unique_ptr<listen_point>> points_;
    std::vector<unix_socket_file> files_;
    std::vector<std::unique_ptr<share>> shares_;
    std::atomic<unsigned> next_worker_{0};
};

}  // namespace service::http

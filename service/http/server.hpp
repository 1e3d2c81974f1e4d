#pragma once

#include "service/http/connection_gate.hpp"
#include "service/http/descriptors.hpp"
#include "service/http/listener.hpp"
#include "service/http/session_set.hpp"
#include "service/http/tls_listeners.hpp"
#include "service/runtime/episode.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace service::http {

/// All listeners and all connections. Each worker accepts from its own socket of every TCP data
/// listener; a Unix socket has one acceptor, which distributes connections. Admin and probes
/// listeners live on worker 0 and stay open until the very end.
///
/// Every listener counts its own connections, and every peer of a TCP listener has a limit within
/// that. Beyond it a data listener answers 503 overloaded and closes; an admin or probes listener
/// ends a connection that waits, because health must always be answered. Descriptors for all of
/// this are planned at the start; when others take them away later, TCP data listeners stop first.
class server {
public:
    /// shared, routes  outlive the server.
    server(shared_state& shared, route_table routes);
    ~server();

    /// Binds every listener of the settings and queues the accept loops on the workers' loops.
    /// Throws   startup_error; also when the hard limit of open files is too low for any service.
    void listen(std::vector<std::unique_ptr<worker>> const& workers);
    /// Other limits of connections take effect. On worker 0's thread, after listen.
    void change_limits(config::settings const& with);
    /// Addresses with their ports filled in: data listeners, then admin, then probes.
    std::vector<config::address> bound() const;

    /// Stops accepting on the data listeners and ends all idle connections. From any thread;
    /// returns at once, the workers do the work.
    void stop_accepting();
    /// Whether every worker has done that: no further connection comes.
    bool has_stopped_accepting() const noexcept { return accepting_ == 0; }
    /// The number of data connections that still exist. From any thread.
    std::uint64_t connections() const;
    /// Whether a request of an admin listener is being served. On worker 0's thread.
    bool is_administering() const { return shares_.front()->admin.is_serving(); }
    /// The TLS of the listeners, for a reload. It also reloads changed files by itself.
    tls_listeners& tls() noexcept { return tls_; }

private:
    using acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
    struct open_listener {
        open_listener(listen_point of, connection_bounds with);

        listen_point point;
        listener_kind kind;
        connection_gate gate;
        std::array<episode, connection_refusals> refusals;  // by reason
    };
    struct open_acceptor {
        acceptor* from;
        open_listener* at;
        bool spreads;
    };
    /// What one worker has. Only its thread touches it once it runs.
    struct share {
        session_set data;
        session_set admin;
        std::vector<open_acceptor> acceptors;  // of data listeners; the accept loops own them
    };

    void limit_handshakes(std::size_t index, std::size_t most);
    connection_bounds data_bounds(config::settings const& with, std::uint64_t workers) const;
    open_listener& add_listener(listen_point of, connection_bounds with);
    void add_data(
        config::settings const& all, std::size_t place, connection_bounds bounds,
        std::vector<std::unique_ptr<worker>> const& workers
    );
    void add_admin(
        config::settings const& all, config::listener const& of, http::role role, worker& first
    );
    std::vector<listening_socket>
    listen_on(config::settings const& all, config::address& at, std::size_t count);
    void spawn_accept(listening_socket socket, open_listener& at, worker& here, bool spreads);
    asio::awaitable<void> sweep_loop(worker& here);
    asio::awaitable<void> tls_loop(worker& first);
    void stop_on(worker& here);

    // server_accept.cpp
    asio::awaitable<void> accept_loop(acceptor from, open_listener& at, worker& here, bool spreads);
    bool find_descriptor(open_listener const& at);
    bool is_kept_for_health(open_listener const& at, int descriptor);
    worker& worker_for(worker& here, bool spreads);
    void take_waiting(open_acceptor const& one, worker& here, std::size_t most);
    void take(stream_socket socket, open_listener& at, worker& on);
    connection_gate::entry enter(open_listener& at, peer_group const& from);
    void note_refusal(open_listener& at, connection_refusal why);

    shared_state& shared_;
    route_table routes_;
    std::vector<std::unique_ptr<worker>> const* workers_ = nullptr;  // from listen() on
    tls_listeners tls_;  // outlives the listeners, which refer to it
    std::vector<std::unique_ptr<open_listener>> listeners_;
    std::vector<unix_socket_file> files_;
    std::vector<std::unique_ptr<share>> shares_;
    std::atomic<unsigned> next_worker_{0};
    std::atomic<std::size_t> accepting_{0};  // workers that still do, once the service stops
    spare_descriptors spares_;  // of worker 0, where health and Unix sockets are accepted
    episode shortages_, failures_;
};

/// Logs the exception that ended a coroutine, which is a bug; a normal end is not logged.
void report_end(std::string_view where, std::exception_ptr problem);

}  // namespace service::http

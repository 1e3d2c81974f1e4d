#include "service/http/server.hpp"

#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/startup_error.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace service::http {

namespace {

using asio::generic::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::chrono::milliseconds tls_interval{750};  // a change is in force within a second

connection_bounds admin_bounds(config::limit_settings const& limits)
{
    return {limits.admin_connections, std::max(1U, limits.admin_connections / 2)};
}

/// On a Unix socket one local service may be the only client.
connection_bounds fitted(connection_bounds bounds, listen_point const& at)
{
    if (at.settings.address.is_unix())
        bounds.per_group = 0;
    return bounds;
}

}  // namespace

server::open_listener::open_listener(listen_point of, connection_bounds with)
    : point(std::move(of)), kind(kind_of(point)), gate(with)
{
}

void report_end(std::string_view where, std::exception_ptr problem)
{
    if (!problem)
        return;
    try {
        std::rethrow_exception(problem);
    } catch (std::exception const& what) {
        log_error("coroutine_failed", {{"where", where}, {"what", what.what()}});
    }
}

server::server(shared_state& shared, route_table routes)
    : shared_(shared), routes_(routes), tls_(shared.metrics, shared.certificate_ends)
{
}
server::~server() = default;

std::uint64_t server::connections() const
{
    std::uint64_t all = 0;
    for (auto const& one : listeners_)
        all += one->point.role == role::data ? one->gate.served() : 0;
    return all;
}

std::vector<config::address> server::bound() const
{
    std::vector<config::address> all;
    for (auto const& one : listeners_)
        all.push_back(one->point.settings.address);
    return all;
}

/// Makes sure that every connection that the limits promise gets a descriptor.
///
/// Returns  what each data listener can promise.
connection_bounds server::data_bounds(config::settings const& settings, std::uint64_t workers) const
{
    descriptor_needs needs;
    needs.data_listeners = settings.server.listen.size();
    needs.admin_listeners = settings.admin.listen.size() + settings.admin.probes.size();
    needs.acceptors = needs.data_listeners * workers + needs.admin_listeners;
    needs.workers = workers;
    for (auto const& one : settings.issuers)
        needs.issuers += one.fetch ? 1 : 0;
    needs.connections = settings.limits.connections;
    needs.admin_connections = settings.limits.admin_connections;
    auto const hard = raise_descriptor_limit();
    auto const plan = plan_descriptors(needs, hard);
    if (plan.connections == 0)
        throw startup_error{
            "the limit of open files (RLIMIT_NOFILE) is " + std::to_string(hard)
            + ", and the listeners need " + std::to_string(plan.needed)
            + ": raise it, or lower limits.connections and limits.admin_connections"};
    if (plan.connections < needs.connections)
        log_warn(
            "connections_lowered",
            {{"reason", "the hard limit of open files (RLIMIT_NOFILE) is too low"},
             {"limit", hard},
             {"needed", plan.needed},
             {"connections_per_listener", plan.connections},
             {"configured", needs.connections}}
        );
    auto const per_address = std::min<std::uint64_t>(
        settings.limits.connections_per_address, settings.limits.connections
    );
    connection_bounds made{};
    made.all = static_cast<std::uint32_t>(plan.connections);
    made.per_group = static_cast<std::uint32_t>(
        std::max<std::uint64_t>(1, per_address * plan.connections / needs.connections)
    );
    return made;
}

void server::change_limits(config::settings const& with)
{
    connection_bounds data{};
    try {
        data = data_bounds(with, shares_.size());
    } catch (startup_error const& problem) {
        return log_warn("connections_unchanged", {{"reason", own_text{problem.text}}});
    }
    for (auto const& one : listeners_) {
        auto bounds = one->point.role == role::data ? data : admin_bounds(with.limits);
        one->gate.change(fitted(bounds, one->point));
    }
    // Not what the worker has then: it looks at the new configuration with its next request.
    for (auto const& one : *workers_)
        asio::post(one->io, [this, index = one->index, most = with.limits.handshakes] {
            limit_handshakes(index, most);
        });
}

/// On the thread of the worker with that index.
void server::limit_handshakes(std::size_t index, std::size_t most)
{
    auto const handshakes = std::max<std::size_t>(1, most / shares_.size());
    shares_[index]->data.limit_handshakes(handshakes);
    shares_[index]->admin.limit_handshakes(handshakes);
}

void server::listen(std::vector<std::unique_ptr<worker>> const& workers)
{
    workers_ = &workers;
    auto const settings = shared_.settings();
    auto const bounds = data_bounds(*settings, workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i)
        shares_.push_back(std::make_unique<share>());
    for (auto const& one : workers) {
        limit_handshakes(one->index, settings->limits.handshakes);
        auto const done = [](std::exception_ptr problem) { report_end("sweep", problem); };
        asio::co_spawn(one->io, sweep_loop(*one), done);
    }
    for (std::size_t i = 0; i < settings->server.listen.size(); ++i)
        add_data(*settings, i, bounds, workers);
    for (auto const& one : settings->admin.listen)
        add_admin(*settings, one, role::admin, *workers.front());
    for (auto const& one : settings->admin.probes)
        add_admin(*settings, one, role::probes, *workers.front());
    auto const done = [](std::exception_ptr problem) { report_end("tls", problem); };
    asio::co_spawn(workers.front()->io, tls_loop(*workers.front()), done);
    constexpr std::string_view names[] = {"data", "admin", "probes"};
    for (auto const& one : listeners_)
        log_info(
            "listening",
            {{"address", one->point.settings.address.text()},
             {"role", names[static_cast<std::size_t>(one->point.role)]},
             {"tls", one->point.tls->is_on()}}
        );
}

server::open_listener& server::add_listener(listen_point of, connection_bounds with)
{
    auto const bounds = fitted(with, of);
    of.tls = &tls_.add(of.settings, kind_of(of), shared_.now());
    listeners_.push_back(std::make_unique<open_listener>(std::move(of), bounds));
    return *listeners_.back();
}

void server::add_data(
    config::settings const& all, std::size_t place, connection_bounds bounds,
    std::vector<std::unique_ptr<worker>> const& workers
)
{
    auto& at = add_listener({all.server.listen[place], role::data, place}, bounds);
    auto& address = at.point.settings.address;
    if (address.is_unix()) {
        auto socket = listen_on_unix(address.unix_path);
        files_.emplace_back(address.unix_path);
        spawn_accept(std::move(socket), at, *workers.front(), true);
        return;
    }
    auto sockets = listen_on(all, address, workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i)
        spawn_accept(std::move(sockets[i]), at, *workers[i], false);
}

void server::add_admin(
    config::settings const& all, config::listener const& of, http::role role, worker& first
)
{
    auto& at = add_listener({of, role}, admin_bounds(all.limits));
    auto const& address = of.address;
    if (address.is_unix()) {
        auto socket = listen_on_unix(address.unix_path);
        files_.emplace_back(address.unix_path);
        spawn_accept(std::move(socket), at, first, false);
        return;
    }
    auto sockets = listen_on(all, at.point.settings.address, 1);
    spawn_accept(std::move(sockets.front()), at, first, false);
}

std::vector<listening_socket>
server::listen_on(config::settings const& all, config::address& at, std::size_t count)
{
    bool const is_for_both = config::accepts_both_families(all, at);
    auto const wanted = at.host;
    auto sockets = listen_on_tcp(
        at, static_cast<unsigned>(count), is_for_both ? families::both : families::one
    );
    if (at.host != wanted)
        log_warn(
            "ipv6_missing",
            {{"address", at.text()},
             {"reason", "this machine has no IPv6, so [::] listens on IPv4 only"}}
        );
    return sockets;
}

void server::spawn_accept(listening_socket socket, open_listener& at, worker& here, bool spreads)
{
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    static_cast<void>(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&bound), &size));
    bool const is_unix = at.point.settings.address.is_unix();
    stream_protocol const protocol(bound.ss_family, is_unix ? 0 : IPPROTO_TCP);
    acceptor from(here.io, protocol, socket.fd());
    socket.release();
    error_code ignored;
    from.non_blocking(true, ignored);
    auto const done = [](std::exception_ptr problem) { report_end("accept", problem); };
    asio::co_spawn(here.io, accept_loop(std::move(from), at, here, spreads), done);
}

asio::awaitable<void> server::sweep_loop(worker& here)
{
    asio::steady_timer timer(here.io);
    auto& mine = *shares_[here.index];
    for (;;) {
        timer.expires_after(sweep_interval);
        co_await timer.async_wait(asio::use_awaitable);
        auto const now = std::chrono::steady_clock::now();
        mine.data.sweep(now);
        mine.admin.sweep(now);
        if (here.index == 0)
            spares_.refill();
    }
}

/// Files are read on the pool, where waiting for a disk holds up nobody's request.
asio::awaitable<void> server::tls_loop(worker& first)
{
    asio::steady_timer timer(first.io);
    for (;;) {
        timer.expires_after(tls_interval);
        co_await timer.async_wait(asio::use_awaitable);
        if (!tls_.has_any())
            continue;
        auto work = [this, now = shared_.now()] {
            tls_.refresh(now);
            return true;
        };
        auto const is_done =
            co_await run_on(shared_.cpu, work_origin::of_service(), std::move(work));
        if (!is_done)  // the service is stopping
            co_return;
    }
}

void server::stop_accepting()
{
    accepting_ = workers_->size();
    for (auto const& one : *workers_) {
        auto stop = [this, &here = *one] { stop_on(here); };
        asio::post(one->io, std::move(stop));
    }
}

void server::stop_on(worker& here)
{
    auto& mine = *shares_[here.index];
    for (auto const& one : mine.acceptors) {
        // Closing would reset connections that are not accepted yet, so the queue is served again.
        take_waiting(one, here, SIZE_MAX);
        error_code ignored;
        one.from->close(ignored);
    }
    mine.data.close_idle(std::chrono::steady_clock::now());
    --accepting_;
}

}  // namespace service::http

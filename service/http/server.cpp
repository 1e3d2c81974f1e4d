#include "service/http/server.hpp"

#include "service/app.hpp"
#include "service/async.hpp"
#include "service/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace service::http {

namespace {

using asio::generic::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::chrono::milliseconds accept_pause{100};  // when descriptors have run out
constexpr std::int64_t refused_max = 256;  // connections beyond the limit that are told why

/// A coroutine's end is normal; an exception out of it is a bug and is said.
auto report(std::string_view where)
{
    return [where](std::exception_ptr problem) {
        if (!problem)
            return;
        try {
            std::rethrow_exception(problem);
        } catch (std::exception const& what) {
            log_error("coroutine_failed", {{"where", where}, {"what", what.what()}});
        }
    };
}

asio::awaitable<void> run_session(std::unique_ptr<session> one, bool is_refused)
{
    if (is_refused)
        co_await one->refuse();
    else
        co_await one->run();
}

}  // namespace

server::server(app& owner) : owner_(owner) {}
server::~server() = default;

std::int64_t server::connections() const noexcept
{
    return owner_.metrics.connections.load(std::memory_order_relaxed);
}

std::vector<config::address> server::bound() const
{
    std::vector<config::address> all;
    for (auto const& point : points_)
        all.push_back(point->settings.address);
    return all;
}

void server::listen(std::vector<std::unique_ptr<worker>> const& workers)
{
    for (auto const& one : workers) {
        shares_.push_back(std::make_unique<share>());
        asio::co_spawn(one->io, sweep_loop(*one), report("sweep"));
    }
    for (auto const& one : owner_.settings.server.listen) {
        points_.push_back(std::make_unique<listen_point>(listen_point{one, role::data}));
        add_data(*points_.back(), workers);
    }
    for (auto const& one : owner_.settings.admin.listen)
        add_admin(one, role::admin, *workers.front());
    for (auto const& one : owner_.settings.admin.probes)
        add_admin(one, role::probes, *workers.front());
    constexpr std::string_view names[] = {"data", "admin", "probes"};
    for (auto const& point : points_)
        log_info(
            "listening",
            {{"address", point->settings.address.text()},
             {"role", names[static_cast<std::size_t>(point->role)]}}
        );
}

void server::add_data(listen_point& at, std::vector<std::unique_ptr<worker>> const& workers)
{
    auto& address = at.settings.address;
    if (address.is_unix()) {
        auto socket = listen_on_unix(address.unix_path);
        files_.emplace_back(address.unix_path);
        spawn_accept(std::move(socket), at, *workers.front(), true);
        return;
    }
    auto sockets = listen_on_tcp(address, static_cast<unsigned>(workers.size()));
    for (std::size_t i = 0; i < workers.size(); ++i)
        spawn_accept(std::move(sockets[i]), at, *workers[i], false);
}

void server::add_admin(config::address const& address, http::role role, worker& first)
{
    points_.push_back(std::make_unique<listen_point>());
    auto& at = *points_.back();
    at.settings.address = address;
    at.role = role;
    if (address.is_unix()) {
        auto socket = listen_on_unix(address.unix_path);
        files_.emplace_back(address.unix_path);
        spawn_accept(std::move(socket), at, first, false);
        return;
    }
    auto sockets = listen_on_tcp(at.settings.address, 1);
    spawn_accept(std::move(sockets.front()), at, first, false);
}

void server::spawn_accept(
    listening_socket socket, listen_point const& at, worker& here, bool spreads
)
{
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    static_cast<void>(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&bound), &size));
    bool const is_unix = at.settings.address.is_unix();
    stream_protocol const protocol(bound.ss_family, is_unix ? 0 : IPPROTO_TCP);
    acceptor from(here.io, protocol, socket.fd());
    socket.release();
    error_code ignored;
    from.non_blocking(true, ignored);
    asio::co_spawn(here.io, accept_loop(std::move(from), at, here, spreads), report("accept"));
}

asio::awaitable<void>
server::accept_loop(acceptor from, listen_point const& at, worker& here, bool spreads)
{
    auto& mine = *shares_[here.index];
    if (at.role == role::data)
        mine.acceptors.push_back({&from, &at, spreads});
    while (from.is_open()) {
        auto& on = worker_for(here, spreads);
        error_code problem;
        auto socket =
            co_await from.async_accept(on.io, asio::redirect_error(asio::use_awaitable, problem));
        if (!problem) {
            take(std::move(socket), at, on);
            continue;
        }
        if (!from.is_open() || problem == asio::error::operation_aborted)
            break;
        if (problem == asio::error::connection_aborted)
            continue;
        log_warn("accept_failed", {{"reason", problem.message()}});
        asio::steady_timer pause(here.io, accept_pause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, problem));
    }
    std::erase_if(mine.acceptors, [&](open_acceptor const& one) { return one.from == &from; });
}

worker& server::worker_for(worker& here, bool spreads)
{
    auto const& all = owner_.workers();
    return spreads ? *all[next_worker_++ % all.size()] : here;
}

/// The connection belongs to its worker from here on; a session is made on that worker's thread.
void server::take(stream_socket socket, listen_point const& at, worker& on)
{
    auto start = [this, &at, &on, moved = std::move(socket)]() mutable {
        start_session(std::move(moved), at, on);
    };
    asio::dispatch(on.io, std::move(start));
}

void server::start_session(stream_socket socket, listen_point const& at, worker& here)
{
    bool const is_data = at.role == role::data;
    auto const limit = static_cast<std::int64_t>(owner_.settings.limits.connections);
    auto const count = connections();
    if (is_data && count >= limit + refused_max)
        return;  // the socket closes
    auto& among = is_data ? shares_[here.index]->data : shares_[here.index]->admin;
    auto from = peer_of(socket.native_handle(), at.settings.address.is_unix());
    auto one = std::make_unique<session>(here, at, among, std::move(socket), std::move(from));
    bool const is_refused = is_data && count >= limit;
    asio::co_spawn(here.io, run_session(std::move(one), is_refused), report("session"));
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
    }
}

void server::stop_accepting()
{
    for (auto const& one : owner_.workers()) {
        auto stop = [this, &here = *one] { stop_on(here); };
        asio::post(one->io, std::move(stop));
    }
}

void server::stop_on(worker& here)
{
    auto& mine = *shares_[here.index];
    for (auto const& one : mine.acceptors) {
        // Closing would reset what has connected and is not accepted yet: it is served once more.
        for (;;) {
            error_code problem;
            auto& on = worker_for(here, one.spreads);
            auto socket = one.from->accept(on.io, problem);
            if (problem)
                break;
            take(std::move(socket), *one.at, on);
        }
        error_code ignored;
        one.from->close(ignored);
    }
    mine.data.close_idle(std::chrono::steady_clock::now());
}

}  // namespace service::http

#include "service/http/server.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <poll.h>

namespace service::http {

namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds accept_pause{100};  // when descriptors have run out
// Connections that one turn of a thread's loop accepts. A turn serves requests of every connection
// that has some, so with one connection a turn the busy ones would keep new ones out. With TLS it is
// fewer, because each comes with a handshake, and those make the next turn long for the others.
constexpr std::size_t accepted_in_a_turn = 64, accepted_in_a_turn_with_tls = 16;

bool is_out_of_descriptors(error_code const& problem)
{
    return problem == asio::error::no_descriptors
        || problem == error_code(ENFILE, boost::system::system_category());
}

/// The kernel reports that descriptors have run out before it checks whether anybody connects.
bool has_somebody_waiting(int acceptor)
{
    pollfd one{acceptor, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
}

connection_refusal reason_of(admittance how) noexcept
{
    return how == admittance::group_full ? connection_refusal::address : connection_refusal::limit;
}

asio::awaitable<void> run_session(std::unique_ptr<session> one, bool is_refused)
{
    if (is_refused)
        co_await one->refuse();
    else
        co_await one->run();
}

}  // namespace

asio::awaitable<void>
server::accept_loop(acceptor from, open_listener& at, worker& here, bool spreads)
{
    auto& mine = *shares_[here.index];
    if (at.point.role == role::data)
        mine.acceptors.push_back({&from, &at, spreads});
    while (from.is_open()) {
        auto& on = worker_for(here, spreads);
        error_code problem;
        auto socket =
            co_await from.async_accept(on.io, asio::redirect_error(asio::use_awaitable, problem));
        if (!problem) {
            take(std::move(socket), at, on);
            bool const has_tls = at.point.tls->is_on();
            take_waiting(
                {&from, &at, spreads}, here,
                (has_tls ? accepted_in_a_turn_with_tls : accepted_in_a_turn) - 1
            );
            continue;
        }
        if (!from.is_open() || problem == asio::error::operation_aborted)
            break;
        if (problem == asio::error::connection_aborted)
            continue;
        bool const is_shortage = is_out_of_descriptors(problem);
        if (is_shortage && !has_somebody_waiting(from.native_handle())) {
            co_await from.async_wait(
                acceptor::wait_read, asio::redirect_error(asio::use_awaitable, problem)
            );
            continue;
        }
        if ((is_shortage ? shortages_ : failures_).begins(steady_clock::now()))
            log_warn(
                "accept_failed", {{"listener", to_string(at.kind)}, {"reason", problem.message()}}
            );
        if (is_shortage && find_descriptor(at))
            continue;
        asio::steady_timer pause(here.io, accept_pause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, problem));
    }
    std::erase_if(mine.acceptors, [&](open_acceptor const& one) { return one.from == &from; });
}

/// Takes connections that wait already, as long as there are some.
///
/// most     of them. Who calls it learns what else is the matter when it accepts again.
void server::take_waiting(open_acceptor const& one, worker& here, std::size_t most)
{
    for (; most != 0; --most) {
        error_code problem;
        auto& on = worker_for(here, one.spreads);
        auto socket = one.from->accept(on.io, problem);
        if (problem)
            return;
        take(std::move(socket), *one.at, on);
    }
}

/// Frees a descriptor, so that health and Unix sockets accept even when none is left: for health,
/// the one of another waiting connection to health, or else a spare one; for Unix sockets, a spare
/// one. All of this is on worker 0.
bool server::find_descriptor(open_listener const& at)
{
    using use = spare_descriptors::use;
    if (at.kind == listener_kind::data)
        return false;
    if (at.kind == listener_kind::unix_socket)
        return spares_.give_up_one(use::others);
    return shares_.front()->admin.end_one_that_waits(nullptr, nullptr)
        || spares_.give_up_one(use::health);
}

/// Whether a data connection has taken a descriptor that is reserved for others.
bool server::is_kept_for_health(open_listener const& at, int descriptor)
{
    if (at.kind == listener_kind::data)
        return is_from_reserve(descriptor);
    return at.kind == listener_kind::unix_socket && !spares_.has_those_of_health();
}

worker& server::worker_for(worker& here, bool spreads)
{
    auto const& all = *workers_;
    return spreads ? *all[next_worker_++ % all.size()] : here;
}

/// The connection belongs to its worker from here on; the session is made on that worker's thread.
void server::take(stream_socket socket, open_listener& at, worker& on)
{
    if (is_kept_for_health(at, socket.native_handle())) {
        note_refusal(at, connection_refusal::descriptors);
        return;  // the socket closes
    }
    auto from = peer_of(socket.native_handle(), at.point.settings.address.is_unix());
    auto entry = enter(at, from.group);
    if (!entry.held)
        return;
    auto start = [this, &at, &on, moved = std::move(socket), from = std::move(from),
                  entry = std::move(entry)]() mutable {
        auto& mine = *shares_[on.index];
        auto& among = at.point.role == role::data ? mine.data : mine.admin;
        auto one = std::make_unique<session>(
            on, routes_, at.point, among, std::move(moved), std::move(from), std::move(entry.held)
        );
        bool const is_refused = entry.how != admittance::served;
        auto const done = [](std::exception_ptr problem) { report_end("session", problem); };
        asio::co_spawn(on.io, run_session(std::move(one), is_refused), done);
    };
    asio::dispatch(on.io, std::move(start));
}

/// Counts a new connection. On a full admin or probes listener another connection makes way for it:
/// all their sessions are on worker 0, where they are accepted.
connection_gate::entry server::enter(open_listener& at, peer_group const& from)
{
    auto entry = at.gate.enter(from);
    if (entry.how == admittance::served)
        return entry;
    auto const why = reason_of(entry.how);
    auto const* const of = why == connection_refusal::address ? &from : nullptr;
    if (at.point.role != role::data && shares_.front()->admin.end_one_that_waits(&at.point, of)) {
        entry.held.give_back();
        entry = at.gate.enter(from);
    }
    if (entry.how != admittance::served)
        note_refusal(at, why);
    return entry;
}

void server::note_refusal(open_listener& at, connection_refusal why)
{
    shared_.metrics.count<"signet_connections_refused_total">(at.kind, why);
    if (!at.refusals[static_cast<std::size_t>(why)].begins(steady_clock::now()))
        return;
    auto const limit = why == connection_refusal::limit ? at.gate.bounds().all
        : why == connection_refusal::address            ? at.gate.bounds().per_group
                                                        : 0U;
    log_warn(
        "connections_refused",
        {{"address", at.point.settings.address.text()},
         {"listener", to_string(at.kind)},
         {"reason", to_string(why)},
         {"limit", limit}}
    );
}

}  // namespace service::http

#include "service/net/fetch.hpp"

#include "core/base/http_url.hpp"
#include "service/net/answer_reader.hpp"
#include "service/net/connect.hpp"
#include "service/net/exchange.hpp"
#include "service/net/stream.hpp"
#include "service/net/tls_stream.hpp"
#include "service/net/tunnel.hpp"
#include "service/net/within.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace service::net {
namespace {

using std::chrono::steady_clock;

/// What the configuration gives, prepared before anything is sent.
struct plan {
    core::http_url origin;
    std::optional<core::http_url> proxy;
    std::string request;
};

destination origin_of(plan const& with, fetch_target const& target)
{
    return {with.origin.host, with.origin.port, true, !with.origin.is_https && !target.allow_http};
}

/// Refuses what can be refused without a connection.
std::optional<fetch_failure> refusal(plan const& with, fetch_target const& target)
{
    auto const& origin = with.origin;
    // A proxy on another machine means a network between, whatever it connects to.
    bool const stays_here = core::is_loopback_host(origin.host)
        && (!with.proxy || core::is_loopback_host(with.proxy->host));
    if (!origin.is_https && !target.allow_http && !stays_here)
        return fetch_failure{
            fetch_error::forbidden_address, "Plain http is only allowed to loopback addresses."};
    if (origin.is_https && !target.tls)
        return fetch_failure{fetch_error::tls, "No trusted certificates are configured."};
    return std::nullopt;
}

boost::system::result<plan, fetch_failure>
make_plan(fetch_target const& target, fetch_conditions const& conditions)
{
    auto origin = core::parse_http_url(target.url);
    if (!origin)
        return fetch_failure{
            fetch_error::protocol, "The URL is not an absolute http or https URL."};
    plan made{std::move(*origin), std::nullopt, {}};
    if (!target.proxy_url.empty()) {
        made.proxy = core::parse_http_url(target.proxy_url);
        if (!made.proxy || made.proxy->is_https)
            return fetch_failure{fetch_error::connect, "The proxy's URL is not http://host:port."};
    }
    if (auto problem = refusal(made, target))
        return *problem;
    auto request = render_get(made.origin, target, conditions);
    if (!request)
        return fetch_failure{fetch_error::protocol, "A configured header is not well-formed."};
    made.request = std::move(*request);
    return made;
}

/// TLS frames the answer again, in records of 1 KiB or more with about 30 bytes of overhead each;
/// an eighth is four times that.
constexpr std::size_t secured_octets_max(std::size_t octets)
{
    return octets + octets / 8;
}

asio::awaitable<fetch_result>
speak_tls(plain_stream& over, plan const& with, fetch_target const& target)
{
    tls_stream secured(over, target.tls, with.origin.host);
    over.allow(handshake_octets_max);
    if (auto const problem = co_await secured.handshake())
        co_return *problem;
    over.allow(secured_octets_max(answer_octets_max(target.body_bytes_max)));
    co_return co_await exchange(secured, with.request, target.body_bytes_max);
}

asio::awaitable<std::optional<fetch_failure>> reach(
    asio::ip::tcp::socket& into, plan const& with, fetch_target const& target,
    steady_clock::time_point last
)
{
    auto const origin = origin_of(with, target);
    if (!with.proxy)
        co_return co_await connect(
            into, origin, target, steady_clock::now() + target.connect_limit
        );
    destination const proxy{with.proxy->host, with.proxy->port, false, false};
    co_return co_await connect_by_proxy(into, proxy, origin, target, last);
}

asio::awaitable<fetch_result>
run(plan const& with, fetch_target const& target, steady_clock::time_point last)
{
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    if (auto const problem = co_await reach(socket, with, target, last))
        co_return *problem;
    plain_stream plain(socket);
    if (with.origin.is_https)
        co_return co_await speak_tls(plain, with, target);
    plain.allow(answer_octets_max(target.body_bytes_max));
    co_return co_await exchange(plain, with.request, target.body_bytes_max);
}

/// The same without exceptions, and with one name for every way in which a cancelled wait ends. (A
/// wait that begins after the cancellation throws.)
asio::awaitable<fetch_result>
run_to_the_end(plan const& with, fetch_target const& target, steady_clock::time_point last)
{
    fetch_failure const cancelled{fetch_error::cancelled, "The fetch was cancelled."};
    try {
        auto outcome = co_await run(with, target, last);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (!outcome && state.cancelled() != asio::cancellation_type::none)
            co_return cancelled;
        co_return outcome;
    } catch (boost::system::system_error const& problem) {
        if (problem.code() == asio::error::operation_aborted)
            co_return cancelled;
        co_return fetch_failure{
            fetch_error::connect, "The process cannot open another connection."};
    }
}

}  // namespace

asio::awaitable<fetch_result> fetch(fetch_target const& target, fetch_conditions conditions)
{
    auto const end = steady_clock::now() + target.total_limit;
    auto const made = make_plan(target, conditions);
    if (!made)
        co_return made.error();
    auto running = run_to_the_end(*made, target, end);
    auto outcome = co_await within(end, std::move(running));
    if (!outcome)
        co_return fetch_failure{fetch_error::timeout, "The answer was not complete in time."};
    co_return std::move(*outcome);
}

}  // namespace service::net

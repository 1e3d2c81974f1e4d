#include "service/net/fetch.hpp"

#include "core/http_url.hpp"
#include "service/net/connect.hpp"
#include "service/net/exchange.hpp"
#include "service/net/stream.hpp"
#include "service/net/tls_stream.hpp"
#include "service/net/within.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace service::net {
namespace {

using std::chrono::steady_clock;

/// What the configuration gives, before anything is sent.
struct plan {
    core::http_url origin;
    std::optional<core::http_url> proxy;
    std::string request;
};

/// Where the socket goes: to the proxy where there is one.
destination next_hop(plan const& with, fetch_target const& target)
{
    if (with.proxy)
        return {with.proxy->host, with.proxy->port, false, false};
    return {with.origin.host, with.origin.port, true, !with.origin.is_https && !target.allow_http};
}

/// What can be refused without a connection.
std::optional<fetch_failure> refusal(plan const& with, fetch_target const& target)
{
    auto const& origin = with.origin;
    bool const is_loopback = core::is_loopback_host(origin.host);
    if (!origin.is_https && !target.allow_http && !is_loopback)
        return fetch_failure{
            fetch_error::forbidden_address, "Plain http is allowed to loopback addresses only."};
    if (origin.is_https && !target.tls)
        return fetch_failure{fetch_error::tls, "No trusted certificates are configured."};
    // A proxy would connect where we must not.
    auto const literal = core::parse_ip_address(origin.host);
    if (with.proxy && literal && !is_open(*literal, {}, target))
        return fetch_failure{fetch_error::forbidden_address, "The URL's address is blocked."};
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
    bool const by_proxy = made.proxy && !made.origin.is_https;
    auto request = render_get(made.origin, target, conditions, by_proxy);
    if (!request)
        return fetch_failure{fetch_error::protocol, "A configured header is not well-formed."};
    made.request = std::move(*request);
    return made;
}

asio::awaitable<fetch_result>
speak_tls(asio::ip::tcp::socket& over, plan const& with, fetch_target const& target)
{
    tls_stream secured(over, target.tls, with.origin.host);
    if (auto const sentence = co_await secured.handshake())
        co_return fetch_failure{fetch_error::tls, *sentence};
    co_return co_await exchange(secured, with.request, target.body_bytes_max);
}

asio::awaitable<fetch_result> run(plan const& with, fetch_target const& target)
{
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    auto const hop = next_hop(with, target);
    if (auto const problem = co_await connect(socket, hop, target))
        co_return *problem;
    plain_stream plain(socket);
    if (!with.origin.is_https)
        co_return co_await exchange(plain, with.request, target.body_bytes_max);
    if (with.proxy)
        if (auto const problem = co_await open_tunnel(plain, with.origin))
            co_return *problem;
    co_return co_await speak_tls(socket, with, target);
}

/// The same without exceptions, and with one name for every way in which a cancelled wait ends: a
/// wait that begins after the cancellation throws.
asio::awaitable<fetch_result> run_to_the_end(plan const& with, fetch_target const& target)
{
    fetch_failure const cancelled{fetch_error::cancelled, "The fetch was cancelled."};
    try {
        auto outcome = co_await run(with, target);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (!outcome && state.cancelled() != asio::cancellation_type::none)
            co_return cancelled;
        co_return outcome;
    } catch (boost::system::system_error const& problem) {
        if (problem.code() == asio::error::operation_aborted)
            co_return cancelled;
        co_return fetch_failure{
            fetch_error::connect, "The process has no room for another connection."};
    }
}

}  // namespace

asio::awaitable<fetch_result> fetch(fetch_target const& target, fetch_conditions conditions)
{
    auto const end = steady_clock::now() + target.total_limit;
    auto const made = make_plan(target, conditions);
    if (!made)
        co_return made.error();
    auto running = run_to_the_end(*made, target);
    auto outcome = co_await within(end, std::move(running));
    if (!outcome)
        co_return fetch_failure{fetch_error::timeout, "The answer was not complete in time."};
    co_return std::move(*outcome);
}

}  // namespace service::net

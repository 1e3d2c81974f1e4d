#include "service/cli/client.hpp"

#include "core/base/http_url.hpp"
#include "service/net/answer_reader.hpp"
#include "service/net/connect.hpp"
#include "service/net/tls_stream.hpp"
#include "service/net/within.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>

#include <vector>

namespace service::cli {
namespace {

using clock = std::chrono::steady_clock;
using endpoint = asio::generic::stream_protocol::endpoint;
using socket = asio::generic::stream_protocol::socket;

constexpr std::size_t answer_bytes_max = 2U * 1024U * 1024U;  // more than any reply has

/// Where to connect: the Unix socket, or the addresses of the host.
asio::awaitable<std::variant<std::vector<endpoint>, net::fetch_failure>>
find(service_url const& to, clock::time_point end)
{
    std::vector<endpoint> found;
    if (!to.unix_path.empty()) {
        found.emplace_back(asio::local::stream_protocol::endpoint(to.unix_path));
        co_return found;
    }
    net::destination const where{.host = to.host, .port = to.port, .is_guarded = false};
    net::fetch_target const with;
    auto const open = co_await net::find_open(where, with, end);
    if (!open)
        co_return open.error();
    for (auto const& one : *open)
        found.emplace_back(net::endpoint_of(one, to.port));
    co_return found;
}

std::string render(service_url const& to, call const& what)
{
    core::http_url const url{
        .is_https = to.is_https, .host = to.host, .port = to.port, .target = {}};
    auto const authority = to.unix_path.empty() ? core::authority(url) : std::string("localhost");
    auto const target = to.path + std::string(what.path);
    std::string text = std::string(what.method) + " " + (target.empty() ? "/" : target)
        + " HTTP/1.1\r\nHost: " + authority
        + "\r\nConnection: close\r\nAccept: application/json\r\n";
    if (!what.bearer.empty())
        text.append("Authorization: Bearer ").append(what.bearer).append("\r\n");
    if (!what.body.empty())
        text.append("Content-Type: application/json\r\nContent-Length: ")
            .append(std::to_string(what.body.size()))
            .append("\r\n");
    return text.append("\r\n").append(what.body);
}

using outcome_of_call = std::variant<answer, std::string>;

std::string failed(std::string_view step, std::string_view why)
{
    return std::string(step) + ": " + std::string(why);
}

asio::awaitable<boost::system::error_code> connect(socket& into, std::vector<endpoint> const& to)
{
    boost::system::error_code problem = asio::error::host_not_found;
    for (auto const& one : to) {
        boost::system::error_code ignored;
        into.close(ignored);
        co_await into.async_connect(one, asio::redirect_error(asio::use_awaitable, problem));
        if (!problem)
            break;
    }
    co_return problem;
}

/// The outcome in the form that net::within takes.
struct talk_end {
    outcome_of_call outcome;
};

/// Sends the request over a connection, and reads the answer.
asio::awaitable<outcome_of_call> ask_over(net::stream& octets, std::string const& request)
{
    boost::system::error_code problem;
    co_await octets.write(request, problem);
    if (problem)
        co_return failed("the request could not be sent", problem.message());
    net::answer_reader reading(octets);
    if (auto const why = co_await reading.read_head())
        co_return failed("the service did not answer", why->sentence);
    if (auto const why = co_await reading.read_body(answer_bytes_max))
        co_return failed("the service did not answer", why->sentence);
    answer read{reading.status(), reading.take_body()};
    co_return read;
}

/// The same over TLS. A service may refuse the client certificate only after the handshake.
asio::awaitable<outcome_of_call> ask_over_tls(
    net::any_stream& below, std::shared_ptr<net::tls_context const> with, std::string host,
    std::string const& request
)
{
    below.allow(net::handshake_octets_max);
    net::tls_stream octets(below, std::move(with), std::move(host));
    if (auto const why = co_await octets.handshake())
        co_return failed("the service cannot be reached", why->sentence);
    auto asking = ask_over(octets, request);
    co_return co_await std::move(asking);
}

asio::awaitable<outcome_of_call> talk(
    service_url const& to, std::string const& request,
    std::shared_ptr<net::tls_context const> const& tls, clock::time_point end
)
{
    auto const found = co_await find(to, end);
    if (auto const* const why = std::get_if<net::fetch_failure>(&found))
        co_return failed("the service cannot be reached", why->sentence);
    socket connected(co_await asio::this_coro::executor);
    auto const& endpoints = std::get<std::vector<endpoint>>(found);
    if (auto const problem = co_await connect(connected, endpoints))
        co_return failed("the service cannot be reached", problem.message());
    net::any_stream octets(connected);
    octets.allow(net::answer_octets_max(answer_bytes_max));
    auto asking =
        to.is_https ? ask_over_tls(octets, tls, to.host, request) : ask_over(octets, request);
    co_return co_await std::move(asking);
}

asio::awaitable<talk_end> talk_to_the_end(
    service_url const& to, std::string const& request,
    std::shared_ptr<net::tls_context const> const& tls, clock::time_point end
)
{
    auto outcome = co_await talk(to, request, tls, end);
    talk_end made{std::move(outcome)};
    co_return made;
}

/// Does not throw: an exception of a wait after the end is not needed any more.
asio::awaitable<outcome_of_call> talk_until(
    service_url const& to, std::string const& request,
    std::shared_ptr<net::tls_context const> const& tls, clock::time_point end
)
{
    auto talking = talk_to_the_end(to, request, tls, end);
    auto said = co_await net::within(end, std::move(talking));
    if (said)
        co_return std::move(said->outcome);
    co_return failed("the service did not answer", "no answer in time");
}

}  // namespace

std::optional<service_url> parse_service_url(std::string_view text)
{
    constexpr std::string_view unix_socket = "unix:";
    constexpr std::size_t socket_path_max = 107;  // sockaddr_un
    service_url url;
    if (text.starts_with(unix_socket)) {
        url.unix_path = text.substr(unix_socket.size());
        bool const fits = url.unix_path.starts_with('/') && url.unix_path.size() <= socket_path_max;
        return fits ? std::optional(url) : std::nullopt;
    }
    auto read = core::parse_http_url(text);
    if (!read || text.find_first_of("@?") != std::string_view::npos)
        return std::nullopt;
    url.is_https = read->is_https;
    url.host = std::move(read->host);
    url.port = read->port;
    url.path = std::move(read->target);
    if (url.path.ends_with('/'))
        url.path.pop_back();
    return url;
}

outcome_of_call exchange(service_url const& to, call const& what)
{
    auto const end = clock::now() + what.limit;
    auto const request = render(to, what);
    outcome_of_call outcome = std::string("the service did not answer");
    asio::io_context io{1};
    auto const on_end = [&outcome](std::exception_ptr, outcome_of_call result) {
        outcome = std::move(result);
    };
    asio::co_spawn(io, talk_until(to, request, what.tls, end), on_end);
    io.run();
    return outcome;
}

}  // namespace service::cli

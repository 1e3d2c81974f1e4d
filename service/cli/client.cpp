#include "service/cli/client.hpp"

#include "core/base/http_url.hpp"
#include "service/net/answer_reader.hpp"
#include "service/net/within.hpp"
#include "service/runtime/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

namespace service::cli {
namespace {

using clock = std::chrono::steady_clock;
using endpoint = asio::generic::stream_protocol::endpoint;
using socket = asio::generic::stream_protocol::socket;

constexpr std::size_t answer_bytes_max = 2U * 1024U * 1024U;  // more than any reply has

/// What an authority and a path may hold here; user names, queries and fragments are not for us.
bool is_url_character(char one)
{
    return one > ' ' && one < '\x7f'
        && std::string_view("@?#\"<>\\^`{|}").find(one) == std::string_view::npos;
}

std::vector<endpoint> look_up(std::string const& host, std::uint16_t port)
{
    asio::io_context io;
    boost::system::error_code problem;
    asio::ip::tcp::resolver resolver(io);
    std::vector<endpoint> found;
    for (auto const& one : resolver.resolve(host, std::to_string(port), problem))
        found.emplace_back(one.endpoint());
    return found;
}

/// The system's resolver cannot be interrupted: it gets a thread that is left behind when time is
/// up.
std::vector<endpoint> resolve(service_url const& to, clock::time_point end)
{
    boost::system::error_code problem;
    if (!to.unix_path.empty())
        return {endpoint(asio::local::stream_protocol::endpoint(to.unix_path))};
    auto const address = asio::ip::make_address(to.host, problem);
    if (!problem)
        return {endpoint(asio::ip::tcp::endpoint(address, to.port))};
    std::packaged_task<std::vector<endpoint>()> work([host = to.host, port = to.port] {
        return look_up(host, port);
    });
    auto found = work.get_future();
    std::thread(std::move(work)).detach();
    if (found.wait_until(end) != std::future_status::ready)
        return {};
    return found.get();
}

std::string render(service_url const& to, call const& what)
{
    bool const is_ipv6 = to.host.find(':') != std::string::npos;
    auto const host = is_ipv6 ? "[" + to.host + "]" : to.host;
    auto const authority =
        to.unix_path.empty() ? host + ":" + std::to_string(to.port) : std::string("localhost");
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

/// The outcome as what net::within takes.
struct talk_end {
    outcome_of_call outcome;
};

asio::awaitable<outcome_of_call> talk(std::vector<endpoint> const& to, std::string const& request)
{
    socket connected(co_await asio::this_coro::executor);
    if (auto const problem = co_await connect(connected, to))
        co_return failed("the service cannot be reached", problem.message());
    net::any_stream octets(connected);
    octets.allow(net::answer_octets_max(answer_bytes_max));
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

asio::awaitable<talk_end>
talk_to_the_end(std::vector<endpoint> const& to, std::string const& request)
{
    auto outcome = co_await talk(to, request);
    talk_end end{std::move(outcome)};
    co_return end;
}

/// Does not throw: what a wait throws after the end is not needed any more.
asio::awaitable<outcome_of_call>
talk_until(std::vector<endpoint> const& to, std::string const& request, clock::time_point end)
{
    auto talking = talk_to_the_end(to, request);
    auto said = co_await net::within(end, std::move(talking));
    if (said)
        co_return std::move(said->outcome);
    co_return failed("the service did not answer", "no answer in time");
}

}  // namespace

std::optional<service_url> parse_service_url(std::string_view text)
{
    constexpr std::string_view http = "http://", unix_socket = "unix:";
    constexpr std::size_t socket_path_max = 107;  // sockaddr_un
    service_url url;
    if (text.starts_with(unix_socket)) {
        url.unix_path = text.substr(unix_socket.size());
        bool const fits = url.unix_path.starts_with('/') && url.unix_path.size() <= socket_path_max;
        return fits ? std::optional(url) : std::nullopt;
    }
    bool const is_plain = std::ranges::all_of(text, is_url_character);
    if (!text.starts_with(http) || !is_plain)
        return std::nullopt;
    text.remove_prefix(http.size());
    auto const slash = std::min(text.find('/'), text.size());
    auto authority = text.substr(0, slash);
    url.path = text.substr(slash);
    if (url.path.ends_with('/'))
        url.path.pop_back();
    bool const is_bracketed = authority.starts_with('[');
    auto const host_end = std::min(authority.find(is_bracketed ? ']' : ':'), authority.size());
    if (is_bracketed && host_end == authority.size())
        return std::nullopt;
    url.host = authority.substr(is_bracketed ? 1 : 0, host_end - (is_bracketed ? 1 : 0));
    auto const port = authority.substr(host_end + (is_bracketed ? 1 : 0));
    auto const number = port.empty() ? 80 : core::parse_port(port.substr(1));
    if (url.host.empty() || !number || (!port.empty() && port[0] != ':'))
        return std::nullopt;
    url.port = *number;
    return url;
}

outcome_of_call exchange(service_url const& to, call const& what)
{
    auto const end = clock::now() + what.limit;
    auto const endpoints = resolve(to, end);
    if (endpoints.empty() && clock::now() >= end)
        return failed("the service cannot be reached", "its name was not resolved in time");
    auto const request = render(to, what);
    outcome_of_call outcome = std::string("the service did not answer");
    asio::io_context io{1};
    auto const on_end = [&outcome](std::exception_ptr, outcome_of_call result) {
        outcome = std::move(result);
    };
    asio::co_spawn(io, talk_until(endpoints, request, end), on_end);
    io.run();
    return outcome;
}

}  // namespace service::cli

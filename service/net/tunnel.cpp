#include "service/net/tunnel.hpp"

#include "core/base/http_url.hpp"
#include "service/net/exchange.hpp"
#include "service/net/within.hpp"

#include <algorithm>

namespace service::net {
namespace {

using std::chrono::steady_clock;
using failure = std::optional<fetch_failure>;

std::string authority_of(std::string const& host, std::uint16_t port)
{
    core::http_url url;
    url.host = host;
    url.port = port;
    return core::authority(url);
}

bool is_left_to_proxy(destination const& origin, fetch_target const& with)
{
    return with.proxy_resolves && !origin.is_loopback_only && !core::parse_ip_address(origin.host);
}

fetch_failure not_resolved(fetch_failure const& why)
{
    if (why.error != fetch_error::resolve)
        return why;
    return {
        why.error,
        "The host's name could not be resolved here; proxy_resolves: true leaves "
        "that to the proxy, whose addresses are not checked."};
}

fetch_failure not_by_address(fetch_failure const& why)
{
    if (why.error != fetch_error::connect)
        return why;
    return {
        why.error,
        "The proxy refuses connections to the host's addresses; proxy_resolves: true "
        "sends it the name, whose addresses are not checked."};
}

/// One tunnel over an established connection.
asio::awaitable<failure> ask(asio::ip::tcp::socket& over, std::string authority)
{
    try {
        plain_stream plain(over);
        plain.allow(proxy_octets_max);
        co_return co_await open_tunnel(plain, std::move(authority));
    } catch (boost::system::system_error const&) {  // from a wait that began after the end
        co_return fetch_failure{fetch_error::cancelled, "The fetch was cancelled."};
    }
}

}  // namespace

asio::awaitable<failure> connect_by_proxy(
    asio::ip::tcp::socket& into, destination const& proxy, destination const& origin,
    fetch_target const& with, steady_clock::time_point last
)
{
    std::vector<std::string> wanted;
    bool const is_by_name = is_left_to_proxy(origin, with);
    if (is_by_name) {
        wanted.push_back(authority_of(origin.host, origin.port));
    } else {
        auto const found_by = steady_clock::now() + with.connect_limit;
        auto const open = co_await find_open(origin, with, found_by);
        if (!open)
            co_return not_resolved(open.error());
        for (auto const& one : *open)
            wanted.push_back(authority_of(core::to_text(core::unmapped(one)), origin.port));
    }
    failure problem;
    for (std::size_t tried = 0; tried < wanted.size(); ++tried) {
        auto const stands = std::min(steady_clock::now() + with.connect_limit, last);
        problem = co_await connect(into, proxy, with, stands);
        if (problem)
            co_return problem;
        auto const now = steady_clock::now();
        auto const share = (last - now) / static_cast<int>(wanted.size() - tried);
        auto asking = ask(into, wanted[tried]);
        auto const said = co_await within(now + share, std::move(asking));
        if (!said)
            problem = fetch_failure{fetch_error::timeout, "The proxy did not answer in time."};
        else
            problem = *said;
        bool const may_try_another = problem
            && (problem->error == fetch_error::connect || problem->error == fetch_error::timeout);
        if (!may_try_another)
            co_return problem;
    }
    bool const has_name = !core::parse_ip_address(origin.host);
    co_return has_name && !is_by_name ? not_by_address(*problem) : problem;
}

}  // namespace service::net

#include "service/net/connect.hpp"

#include "service/net/address_guard.hpp"
#include "service/net/within.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace service::net {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;
using addresses = std::vector<core::ip_address>;

constexpr std::size_t attempts_max = 8;

asio::awaitable<error_code> connect_to(asio::ip::tcp::socket& into, asio::ip::tcp::endpoint where)
{
    error_code problem;
    into.close(problem);
    co_await into.async_connect(where, asio::redirect_error(asio::use_awaitable, problem));
    co_return problem;
}

/// Returns  nullopt when time is up.
asio::awaitable<std::optional<addresses>>
find(destination const& to, fetch_target const& with, steady_clock::time_point end)
{
    if (auto const literal = core::parse_ip_address(to.host))
        co_return addresses{*literal};
    auto looking = resolve(to.host, with.lookup);
    co_return co_await within(end, std::move(looking));
}

}  // namespace

asio::ip::tcp::endpoint endpoint_of(core::ip_address const& address, std::uint16_t port)
{
    if (address.size == 4) {
        asio::ip::address_v4::bytes_type octets;
        std::copy_n(address.octets.begin(), octets.size(), octets.begin());
        return {asio::ip::address_v4(octets), port};
    }
    asio::ip::address_v6::bytes_type octets;
    std::copy_n(address.octets.begin(), octets.size(), octets.begin());
    return {asio::ip::address_v6(octets), port};
}

bool is_open(core::ip_address const& address, destination const& to, fetch_target const& with)
{
    if (!to.is_guarded)
        return true;
    return may_connect(address, with.deny_cidrs, with.allow_cidrs)
        && (!to.is_loopback_only || core::is_loopback(address));
}

asio::awaitable<addresses_result>
find_open(destination const& to, fetch_target const& with, steady_clock::time_point end)
{
    auto const found = co_await find(to, with, end);
    if (!found)
        co_return fetch_failure{fetch_error::timeout, "The host's name was not resolved in time."};
    if (found->empty())
        co_return fetch_failure{fetch_error::resolve, "The host's name could not be resolved."};
    addresses open;
    for (auto const& one : *found)
        if (open.size() < attempts_max && is_open(one, to, with))
            open.push_back(one);
    if (open.empty())
        co_return fetch_failure{
            fetch_error::forbidden_address, "The host's addresses are all blocked."};
    co_return std::move(open);
}

asio::awaitable<std::optional<fetch_failure>> connect(
    asio::ip::tcp::socket& into, destination const& to, fetch_target const& with,
    steady_clock::time_point end
)
{
    auto const open = co_await find_open(to, with, end);
    if (!open)
        co_return open.error();
    bool is_late = false;
    for (std::size_t tried = 0; tried < open->size(); ++tried) {
        auto const now = steady_clock::now();
        auto const share = (end - now) / static_cast<int>(open->size() - tried);
        auto attempt = connect_to(into, endpoint_of((*open)[tried], to.port));
        auto const problem = co_await within(now + share, std::move(attempt));
        if (problem && !*problem)
            co_return std::nullopt;
        is_late = !problem;
    }
    if (is_late)
        co_return fetch_failure{
            fetch_error::timeout, "The connection was not established in time."};
    co_return fetch_failure{
        fetch_error::connect, "No server accepts connections at the host's port."};
}

}  // namespace service::net

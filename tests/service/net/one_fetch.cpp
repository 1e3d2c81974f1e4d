#include "tests/service/net/one_fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <stdexcept>

namespace tests {

namespace asio = boost::asio;
using service::net::fetch_result;
using std::chrono::steady_clock;

service::net::fetch_target target_of(std::string url)
{
    service::net::fetch_target target;
    target.url = std::move(url);
    target.connect_limit = std::chrono::seconds(20);
    target.total_limit = std::chrono::seconds(30);
    return target;
}

timed_fetch
run_fetch(service::net::fetch_target const& target, service::net::fetch_conditions conditions)
{
    asio::io_context io{1};
    std::optional<fetch_result> outcome;
    auto const on_end = [&outcome](std::exception_ptr thrown, fetch_result result) {
        if (thrown)
            std::rethrow_exception(thrown);
        outcome = std::move(result);
    };
    auto const begin = steady_clock::now();
    asio::co_spawn(io, service::net::fetch(target, std::move(conditions)), on_end);
    io.run();
    auto const took = steady_clock::now() - begin;
    if (!outcome)
        throw std::logic_error("the fetch has no end");
    return {std::move(*outcome), std::chrono::duration_cast<std::chrono::milliseconds>(took)};
}

}  // namespace tests

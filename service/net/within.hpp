#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <optional>
#include <variant>

namespace service::net {

template <class T> inline constexpr bool is_variant = false;
template <class... Ts> inline constexpr bool is_variant<std::variant<Ts...>> = true;

/// Runs `work` until `end` at the latest.
///
/// work     Asio must be able to cancel every wait in it, and it must not throw. Name it before the
///          co_await that calls this.
/// Returns  nullopt when `end` came first; `work` was then cancelled and has ended.
template <class T>
requires(!is_variant<T>)  // `||` would flatten it into its own
    asio::awaitable<std::optional<T>> within(
        std::chrono::steady_clock::time_point end, asio::awaitable<T> work
    )
{
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, end);
    auto waiting = timer.async_wait(asio::use_awaitable);
    auto race = std::move(work) || std::move(waiting);
    auto outcome = co_await std::move(race);
    if (outcome.index() == 0)
        co_return std::move(std::get<0>(outcome));
    co_return std::nullopt;
}

}  // namespace service::net

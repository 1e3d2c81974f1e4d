#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace service {

inline asio::awaitable<void> pause(std::chrono::milliseconds time)
{
    boost::system::error_code ignored;
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace service

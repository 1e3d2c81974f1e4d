#pragma once

#include "service/runtime/async.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <list>

namespace service {

/// Tokens that wait for the end of a fetch, a bounded number of them. Everything runs on one thread.
class waiting_tokens {
public:
    explicit waiting_tokens(std::size_t most) : most_(most) {}
    waiting_tokens(waiting_tokens const&) = delete;
    waiting_tokens& operator=(waiting_tokens const&) = delete;

    bool is_full() const noexcept { return timers_.size() >= most_; }
    /// Waits until wake_all is called, at most `limit`. Call it only when there is room.
    ///
    /// Returns  whether it was.
    asio::awaitable<bool> wait(asio::io_context& on, std::chrono::milliseconds limit);
    void wake_all();

private:
    std::size_t most_;
    // Timers live in the frames that wait for them: what outlives the event loop must not own one.
    std::list<asio::steady_timer*> timers_;
};

}  // namespace service

#pragma once

#include "service/net/tls_server_context.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace service::http {

/// The TLS of one listener: the generation of its files that is in force. From any thread.
class listener_tls {
public:
    using context_ptr = std::shared_ptr<net::tls_server_context const>;

    /// What new connections begin with; null = the listener is plain. Takes a lock: call it once per
    /// connection, and when generation() has changed.
    context_ptr current() const
    {
        std::scoped_lock const lock(guard_);
        return current_;
    }
    /// Changes with every put(). Read it before current(): then a change in between is noticed.
    std::uint32_t generation() const noexcept
    {
        return generation_.load(std::memory_order_acquire);
    }
    bool is_on() const noexcept { return is_on_.load(std::memory_order_relaxed); }

    void put(context_ptr next)
    {
        std::scoped_lock const lock(guard_);
        is_on_.store(next != nullptr, std::memory_order_relaxed);
        current_.swap(next);
        generation_.fetch_add(1, std::memory_order_release);
    }

private:
    mutable std::mutex guard_;
    context_ptr current_;
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<bool> is_on_{false};
};

}  // namespace service::http

#pragma once

#include "core/base/error.hpp"
#include "core/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace service {

/// What became of a rotation that somebody asked for.
struct rotate_report {
    std::optional<core::failure> refusal{};
    std::uint64_t generation = 0;  ///< of the series' manifest
    std::string kid{};             ///< signs now
    std::string previous{};        ///< signed before; empty = none did
};

/// What became of a revocation.
struct revoke_report {
    std::optional<core::failure> refusal{};
    core::instant revoked_at{};
    bool was_revoked = false;   ///< it had been revoked before
    std::size_t replicas = 1;   ///< that share state_dir and run, with this one; 0 = unknown
    std::size_t confirmed = 1;  ///< of these: have it in force
    std::string signs_now{};    ///< the kid that signs in its series now; empty = none does
};

/// What the operators of a running service can do with its keys.
struct key_commands {
    /// series         untrusted.
    /// is_emergency   also when verifiers may not know the next key yet.
    std::function<boost::asio::awaitable<rotate_report>(
        std::string series, bool is_emergency, std::string by
    )>
        rotate{};
    /// kid   untrusted. On the disk before there is a report without a refusal.
    std::function<boost::asio::awaitable<revoke_report>(std::string kid, std::string by)> revoke{};
};

}  // namespace service

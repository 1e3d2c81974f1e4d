#pragma once

#include "service/callers/peer_group.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// Who is at the other end of the connection, read once at accept.
struct peer {
    bool is_unix = false;
    std::uint32_t uid = 0, gid = 0;  ///< of a Unix peer (SO_PEERCRED); meaningless for TCP
    std::string address;             ///< an IP address; empty for a Unix peer
    peer_group group{};              ///< the group that per-peer limits count it in
};

/// SHA-256 of a bearer secret; nullopt = there is none that a caller could have.
using secret_digest = std::optional<std::array<std::uint8_t, 32>>;

/// What a request contains to prove who calls.
struct credentials {
    peer const* from = nullptr;  ///< trusted; null = nobody, as on the command line
    /// The Authorization field, untrusted; empty unless there is exactly one.
    std::string_view authorization{};
    /// Keeps the digest of its secret, so that a request is hashed once however often it is asked
    /// who sent it: nullopt inside = not asked yet. Null = it is not kept.
    std::optional<secret_digest>* kept_digest = nullptr;
};

}  // namespace service

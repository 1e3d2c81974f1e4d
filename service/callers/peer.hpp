#pragma once

#include "service/callers/peer_group.hpp"

#include <cstdint>
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

/// What a request contains to prove who calls.
struct credentials {
    peer const* from = nullptr;  ///< trusted; null = nobody, as on the command line
    /// The Authorization field, untrusted; empty unless there is exactly one.
    std::string_view authorization;
};

}  // namespace service

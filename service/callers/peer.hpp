#pragma once

#include "service/callers/client_certificate.hpp"
#include "service/callers/peer_group.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace service {

/// Who is at the other end of the connection, read once at accept and, with TLS, in the handshake.
struct peer {
    bool is_unix = false;
    std::uint32_t uid = 0, gid = 0;  ///< of a Unix peer (SO_PEERCRED); meaningless for TCP
    std::string address;             ///< an IP address; empty for a Unix peer
    peer_group group{};              ///< the group that per-peer limits count it in
    /// Shown in our own TLS handshake and accepted there; null = plain, or none was shown.
    std::shared_ptr<client_certificate const> certificate{};
};

}  // namespace service

#pragma once

#include <chrono>
#include <cstddef>

namespace service::http {

/// What the kernel may hold for one connection in each direction; it doubles the number, for its own
/// needs. Left to itself it grows both to megabytes, and what it holds is memory of this service
/// that no limit counts. What does not fit of a reply is counted, in `limits.bodies_bytes`. Less
/// would be slow over long ways: a body of 1 MiB takes 32 round trips.
inline constexpr int socket_buffer_octets = 32 * 1024;
/// The largest segment of TCP. On loopback one would be as large as the buffer, and a peer that
/// acknowledges every second one would wait 40 ms for that.
inline constexpr int segment_octets = 8 * 1024;

/// Limits what the kernel holds for a socket. Connections to a TCP listener inherit it, those to a
/// Unix socket do not.
void limit_buffers(int socket, bool is_unix) noexcept;

/// Has the kernel end a TCP connection whose peer has acknowledged nothing, or made no room, for so
/// long although there is something for it: also when all of a reply is in the kernel already.
void limit_silence(int socket, std::chrono::milliseconds most) noexcept;

/// The octets of memory that the kernel holds for a connection because its peer has not taken what
/// was sent, as far as the kernel tells (else 0). It holds them after a close too.
std::size_t memory_of_unread(int socket, bool is_unix) noexcept;

/// When the socket is closed, what the peer has not taken goes with it. On a Unix socket the peer
/// keeps that until it closes too.
void drop_unread_at_close(int socket) noexcept;

}  // namespace service::http

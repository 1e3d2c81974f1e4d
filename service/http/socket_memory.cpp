#include "service/http/socket_memory.hpp"

#include <array>
#include <cstdint>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace service::http {

namespace {

template <class Value> void set_option(int socket, int level, int name, Value const& value) noexcept
{
    static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

}  // namespace

void limit_buffers(int socket, bool is_unix) noexcept
{
    if (!is_unix)
        set_option(socket, IPPROTO_TCP, TCP_MAXSEG, segment_octets);
    set_option(socket, SOL_SOCKET, SO_SNDBUF, socket_buffer_octets);
    set_option(socket, SOL_SOCKET, SO_RCVBUF, socket_buffer_octets);
}

void limit_silence(int socket, std::chrono::milliseconds most) noexcept
{
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(most.count()));
}

std::size_t memory_of_unread(int socket, bool is_unix) noexcept
{
    std::array<std::uint32_t, SK_MEMINFO_VARS> known{};
    socklen_t size = sizeof known;
    if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, known.data(), &size) != 0)
        return 0;
    return known[is_unix ? SK_MEMINFO_WMEM_ALLOC : SK_MEMINFO_WMEM_QUEUED];
}

void drop_unread_at_close(int socket) noexcept
{
    set_option(socket, SOL_SOCKET, SO_LINGER, linger{1, 0});
}

}  // namespace service::http

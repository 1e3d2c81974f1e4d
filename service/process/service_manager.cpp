#include "service/process/service_manager.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace service {
namespace {

/// For as long as the manager's queue is full: after a reboot many services report at once. Far more
/// than it needs then, and far less than systemd waits for a start (90 s).
constexpr timeval wait_max{10, 0};

}  // namespace

std::string tell_service_manager(std::string_view state)
{
    auto const* variable = std::getenv("NOTIFY_SOCKET");
    std::string_view const path = variable == nullptr ? "" : variable;
    if (path.empty())
        return "";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path || path[0] != '/')
        return "NOTIFY_SOCKET is not the path of a socket";
    std::ranges::copy(path, address.sun_path);
    int const made = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // Without a limit, a manager that never reads would hold up the service.
    auto const is_limited =
        made >= 0 && ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &wait_max, sizeof wait_max) == 0;
    auto const sent = is_limited ? ::sendto(
                          made, state.data(), state.size(), MSG_NOSIGNAL,
                          reinterpret_cast<sockaddr const*>(&address), sizeof address
                      )
                                 : -1;
    std::string why_not = sent < 0 ? std::generic_category().message(errno) : "";
    if (made >= 0)
        ::close(made);
    return why_not;
}

}  // namespace service

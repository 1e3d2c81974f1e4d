#include "service/process/service_manager.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace service {

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
    // Never waits: whoever does not read must not hold up the service.
    auto const sent = made < 0 ? -1
                               : ::sendto(
                                   made, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr const*>(&address), sizeof address
                               );
    std::string why_not = sent < 0 ? std::generic_category().message(errno) : "";
    if (made >= 0)
        ::close(made);
    return why_not;
}

}  // namespace service

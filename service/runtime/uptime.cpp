#include "service/runtime/uptime.hpp"

#include <ctime>

namespace service {

core::uptime uptime_now()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    auto const since_boot =
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    return core::uptime(std::chrono::floor<std::chrono::milliseconds>(since_boot));
}

}  // namespace service

#include "service/runtime/clock.hpp"

#include <chrono>
#include <ctime>

namespace service {

core::instant system_now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

core::uptime uptime_now()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    auto const since_boot =
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    return core::uptime(std::chrono::floor<std::chrono::milliseconds>(since_boot));
}

}  // namespace service

#include "service/runtime/thread_turns.hpp"

#include <cstdint>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace service {
namespace {

/// The kernel's sched_attr, in its first version; Debian 12's C library does not declare it.
struct scheduling {
    std::uint32_t size = sizeof(scheduling);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0;
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
};

/// The shortest that Linux gives. From 6.12 on a thread of this policy may say how long its turns
/// are: one with shorter turns is let in sooner, and gives up the core sooner. Older kernels take
/// the number and ignore it. The nice value is the thread's, not the process's.
constexpr std::uint64_t short_turn_ns = 100'000;

/// Leaves a thread alone that the operator gave another policy.
void ask_for(int nice) noexcept
{
    if (::sched_getscheduler(0) != SCHED_OTHER)
        return;
    scheduling const wanted{.nice = nice, .runtime_ns = short_turn_ns};
    ::syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

int nice_of_process() noexcept
{
    return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid()));
}

}  // namespace

void go_first() noexcept
{
    ask_for(nice_of_process());
}

void give_way() noexcept
{
    constexpr int behind = 10;
    ask_for(nice_of_process() + behind);
}

}  // namespace service

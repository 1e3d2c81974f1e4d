#include "service/process/seals.hpp"

#include <csignal>
#include <fcntl.h>
#include <initializer_list>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace service {
namespace {

/// core(5): of each kind of memory, whether a core dump contains it. Debuggers obey it too.
bool leave_memory_out_of_dumps()
{
    int const filter = ::open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (filter < 0)
        return false;
    bool const is_written = ::write(filter, "0", 1) == 1;
    return ::close(filter) == 0 && is_written;
}

}  // namespace

seals seal_process()
{
    seals done;
    rlimit const none{0, 0};
    // The filter first: the file is root's from the moment when the process is not dumpable.
    bool const is_left_out = leave_memory_out_of_dumps();
    done.has_no_core_dumps = ::setrlimit(RLIMIT_CORE, &none) == 0
        && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && is_left_out;
    done.has_no_new_privileges = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    // By default each of these ends a process. The first three get a handler later, when the
    // service exists; SIGXFSZ arrives when a log's file may not grow any more.
    for (int const number : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGXFSZ})
        std::signal(number, SIG_IGN);
    return done;
}

}  // namespace service

#include "service/process/seals.hpp"
#include "tests/service/process/child.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>

TEST_SUITE("service/process/seals")
{
    TEST_CASE("seal_process: no core file, no memory in one, no tracing, no new privileges")
    {
        auto const end = tests::in_child([] {
            auto const done = service::seal_process();
            if (!done.has_no_core_dumps || !done.has_no_new_privileges)
                return 1;
            rlimit cores{1, 1};
            if (::getrlimit(RLIMIT_CORE, &cores) != 0 || cores.rlim_cur != 0 || cores.rlim_max != 0)
                return 2;
            if (::prctl(PR_GET_DUMPABLE) != 0 || ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
                return 3;
            std::ifstream file("/proc/self/coredump_filter");
            std::string filter;
            file >> filter;
            return filter == "00000000" ? 0 : 4;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("seal_process: signals that should not end a service do not end it")
    {
        auto const end = tests::in_child([] {
            service::seal_process();
            for (int const number : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGXFSZ})
                if (std::raise(number) != 0)
                    return 1;
            return 0;
        });
        CHECK(end.code == 0);
        CHECK(end.signal == 0);
    }
}

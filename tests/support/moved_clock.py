"""A service whose clock is moved while it runs.

    clock = MovedClock(folder)
    service.start(SIGNET, text, environment=clock.environment)
    clock.move(3600)  # seconds, from where it started

Only the time of day moves; deadlines go on as they were.
"""
import os
import pathlib
import struct
import subprocess

SOURCE = r"""
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
long const volatile* map()
{
    int const file = open(getenv("MOVED_CLOCK"), O_RDONLY);
    void* const at = mmap(nullptr, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return at == MAP_FAILED ? nullptr : static_cast<long const volatile*>(at);
}
}  // namespace

extern "C" int clock_gettime(clockid_t which, timespec* into) noexcept
{
    static auto const* const seconds = map();
    auto const result = static_cast<int>(syscall(SYS_clock_gettime, which, into));
    if (which == CLOCK_REALTIME && seconds != nullptr)
        into->tv_sec += *seconds;
    return result;
}
extern "C" time_t time(time_t* into) noexcept
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr)
        *into = now.tv_sec;
    return now.tv_sec;
}
"""


class MovedClock:
    def __init__(self, folder):
        """folder: for what is compiled; it must last as long as the service."""
        library, source = pathlib.Path(folder, "clock.so"), pathlib.Path(folder, "clock.cpp")
        source.write_text(SOURCE)
        subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
        self._seconds = pathlib.Path(folder, "seconds")
        self._seconds.write_bytes(bytes(8))
        # A sanitizer wants to be the first library, which these tests have no need of.
        options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.environment = {
            "LD_PRELOAD": str(library.resolve()),
            "MOVED_CLOCK": str(self._seconds.resolve()),
            "ASAN_OPTIONS": options.lstrip(":"),
        }

    def move(self, seconds):
        with self._seconds.open("r+b") as file:
            file.write(struct.pack("q", seconds))

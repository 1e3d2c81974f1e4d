"""A machine with another time, or without random numbers: the C library's functions, changed for one process.

    machine = broken_machine.Machine(folder)
    service.start(..., environment=machine.environment)
    machine.shift_clock(1200)            # 20 minutes into the future, from now on
    machine.end_random_numbers()
"""
import mmap
import pathlib
import struct
import subprocess

SOURCE = """
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
struct orders { long clock_offset, random_fails; };
static orders volatile* told;
static int (*real_clock)(clockid_t, timespec*);
static ssize_t (*real_random)(void*, size_t, unsigned);
__attribute__((constructor)) static void begin()
{
    if (told)
        return;
    int const file = open(getenv("MACHINE_ORDERS"), O_RDONLY | O_CLOEXEC);
    told = static_cast<orders*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0));
    close(file);
    real_clock = reinterpret_cast<int (*)(clockid_t, timespec*)>(dlsym(RTLD_NEXT, "clock_gettime"));
    real_random = reinterpret_cast<ssize_t (*)(void*, size_t, unsigned)>(dlsym(RTLD_NEXT, "getrandom"));
}
extern "C" int clock_gettime(clockid_t which, timespec* time) noexcept
{
    begin();  // the constructors of other libraries may ask before ours ran
    int const failed = real_clock(which, time);
    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        time->tv_sec += told->clock_offset;
    return failed;
}
extern "C" ssize_t getrandom(void* to, size_t size, unsigned flags)
{
    begin();
    if (told->random_fails) {
        errno = EIO;
        return -1;
    }
    return real_random(to, size, flags);
}
"""


class Machine:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        source, library, orders = folder / "machine.cpp", folder / "machine.so", folder / "orders"
        source.write_text(SOURCE)
        subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
        orders.write_bytes(bytes(4096))
        with orders.open("r+b") as shared:
            self._memory = mmap.mmap(shared.fileno(), 4096)
        self.environment = {"LD_PRELOAD": str(library), "MACHINE_ORDERS": str(orders)}

    def shift_clock(self, seconds):
        self._memory[:8] = struct.pack("=q", seconds)

    def end_random_numbers(self):
        self._memory[8:16] = struct.pack("=q", 1)

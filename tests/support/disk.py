"""A disk that fails, is slow or does not answer, as one replica sees it; and replicas that share a state_dir on it."""
import hashlib
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 60  # seconds for anything; sanitizers are slow
IN_FORCE = 1.0  # seconds after the reply to a revocation
SECRET = "a-secret-of-more-than-256-bits-0123456789-0123456789"
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}]}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
callers:
  - {{name: admin, secret_sha256: {digest}, roles: [admin]}}
verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""
# Takes the place of the C library's, from the start of the process. What it does is in memory that the test shares:
# how many flushes of journals fail, how long they take, how long all flushes take, how long locks take, how many were
# asked for, and whether other threads than the first are kept from listing folders.
SOURCE = """
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
struct orders { long failing, journal_ms, flush_ms, lock_ms, locks, is_silent; };
static orders volatile* told;
__attribute__((constructor)) static void begin()
{
    int const file = open(getenv("DISK_ORDERS"), O_RDWR | O_CLOEXEC);
    told = static_cast<orders*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    close(file);
}
static void wait(long ms)
{
    timespec const time{ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, nullptr);
}
static bool is_journal(int file)
{
    char link[64], path[4096] = {};
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/revocations-") != nullptr;
}
extern "C" int fsync(int file)
{
    wait(told->flush_ms);
    if (is_journal(file)) {
        wait(told->journal_ms);
        if (told->failing > 0) {
            told->failing = told->failing - 1;
            errno = EIO;
            return -1;
        }
    }
    return static_cast<int>(syscall(SYS_fsync, file));
}
extern "C" int flock(int file, int how) noexcept
{
    told->locks = told->locks + 1;
    wait(told->lock_ms);
    return static_cast<int>(syscall(SYS_flock, file, how));
}
extern "C" dirent* readdir(DIR* at)
{
    static auto const real = reinterpret_cast<dirent* (*)(DIR*)>(dlsym(RTLD_NEXT, "readdir"));
    while (told->is_silent != 0 && syscall(SYS_gettid) != getpid())
        wait(20);
    return real(at);
}
"""


class Disk:
    """What a service that is started with `environment` sees of its disk. Good until something is ordered."""

    PLACES = {"failing": 0, "journal_ms": 1, "flush_ms": 2, "lock_ms": 3, "locks": 4, "is_silent": 5}
    made = 0

    def __init__(self, folder):
        """folder: for what is compiled; several may share one."""
        library = pathlib.Path(folder, "disk.so")
        if not library.exists():
            source = pathlib.Path(folder, "disk.cpp")
            source.write_text(SOURCE)
            subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
        Disk.made += 1
        orders = pathlib.Path(folder, f"orders{Disk.made}")
        orders.write_bytes(bytes(4096))
        with orders.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)
        # A sanitizer wants to be the first library, which these tests have no need of.
        options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.environment = {"LD_PRELOAD": str(library), "DISK_ORDERS": str(orders), "ASAN_OPTIONS": options.lstrip(":")}

    def order(self, **values):
        for name, value in values.items():
            struct.pack_into("q", self.memory, 8 * self.PLACES[name], value)

    def told(self, name):
        return struct.unpack_from("q", self.memory, 8 * self.PLACES[name])[0]


def start(shared, more, disk=None):
    """A replica. more: sections of the configuration, where {shared} is the folder that replicas share."""
    text = (CONFIG + more).format(shared=shared, digest=hashlib.sha256(SECRET.encode()).hexdigest())
    return service.start(SIGNET, text, environment=disk.environment if disk else None)


def sign(running, profile="default"):
    return running.post("/sign", {"claims": {}, "profile": profile}, HEADERS).json


def accepts(running, signed):
    return running.post("/verify", {"token": signed["token"]}).status == 200


def administer(running, path, body="{}"):
    """Asks over a connection of its own, so from any thread."""
    return running.another_client().request("POST", path, body, HEADERS, running.admin_port)


def revoke(running, signed):
    return administer(running, f"/keys/{signed['kid']}/revoke")


def until(holds, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def run(*tests):
    """Runs each test with folders of its own, and says how long it took. All share one place for the library."""
    with tempfile.TemporaryDirectory() as library:
        for test in tests:
            with tempfile.TemporaryDirectory() as shared:
                began = time.monotonic()
                test(shared, library)
                print(f"{test.__name__}: {time.monotonic() - began:.1f} s")

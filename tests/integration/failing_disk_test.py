"""A state_dir whose disk refuses to flush, or does not answer: no replica accepts for ever what another one revoked."""
import hashlib
import mmap
import os
import pathlib
import signal
import struct
import subprocess
import tempfile
import threading
import time

import service

SIGNET = os.environ["SIGNET"]
PATIENCE = 60  # seconds for anything; sanitizers are slow
IN_FORCE = 1.0  # seconds after the answer
SECRET = "a-secret-of-more-than-256-bits-0123456789-0123456789"
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
CONFIG = """
server: {{listen: [{{address: "127.0.0.1:0", endpoints: [all]}}]}}
admin: {{listen: ["127.0.0.1:0"]}}
issuer: https://tokens.example.com
state_dir: {shared}/state
keys:
  - {{name: one, alg: ES256, file: {shared}/one.pem}}
  - {{name: two, alg: ES256, file: {shared}/two.pem}}
callers:
  - {{name: admin, secret_sha256: {digest}, roles: [admin]}}
sign_profiles:
  one: {{key: one, callers: [admin], audiences: [api], ttl: 1h}}
  two: {{key: two, callers: [admin], audiences: [api], ttl: 1h}}
verify_profiles:
  default: {{issuers: [self], audiences: [api]}}
"""
# Takes the place of the C library's, from the start of the process. What it does is in memory that the test shares:
# how many flushes of journals fail, how long they take, how long locks take, how many were asked for, and whether
# other threads than the first are kept from listing folders.
DISK = """
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
struct orders { long failing, flush_ms, lock_ms, locks, is_silent; };
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
    if (is_journal(file)) {
        wait(told->flush_ms);
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
    """What a service that is started with `environment` sees of its disk."""

    PLACES = {"failing": 0, "flush_ms": 1, "lock_ms": 2, "locks": 3, "is_silent": 4}
    made = 0

    def __init__(self, folder):
        library = pathlib.Path(folder, "disk.so")
        if not library.exists():
            source = pathlib.Path(folder, "disk.cpp")
            source.write_text(DISK)
            subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True, timeout=60)
        Disk.made += 1
        orders = pathlib.Path(folder, f"orders{Disk.made}")
        orders.write_bytes(bytes(4096))
        with orders.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)
        # A sanitizer wants to be the first library, which this test has no need of.
        options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.environment = {"LD_PRELOAD": str(library), "DISK_ORDERS": str(orders), "ASAN_OPTIONS": options.lstrip(":")}

    def order(self, **values):
        for name, value in values.items():
            struct.pack_into("q", self.memory, 8 * self.PLACES[name], value)

    def told(self, name):
        return struct.unpack_from("q", self.memory, 8 * self.PLACES[name])[0]


def start(shared, disk=None):
    for name in ("one", "two"):
        if not pathlib.Path(shared, f"{name}.pem").exists():
            words = [SIGNET, "keygen", "--alg", "ES256", "--out", f"{shared}/{name}.pem"]
            subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
    text = CONFIG.format(shared=shared, digest=hashlib.sha256(SECRET.encode()).hexdigest())
    return service.start(SIGNET, text, environment=disk.environment if disk else None)


def sign(running, profile):
    return running.post("/sign", {"claims": {}, "profile": profile}, HEADERS).json


def accepts(running, signed):
    return running.post("/verify", {"token": signed["token"]}).status == 200


def revoke(running, signed):
    client = running.another_client()
    return client.request("POST", f"/keys/{signed['kid']}/revoke", "{}", HEADERS, running.admin_port)


def until(holds, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def a_flush_that_fails_revokes_all_the_same(shared, library):
    disk = Disk(library)
    with start(shared, disk) as first, start(shared) as second:
        one, two = sign(first, "one"), sign(first, "two")
        disk.order(failing=1, flush_ms=600)  # the others read what is not flushed yet
        refused = revoke(first, one)
        disk.order(flush_ms=0)
        assert (refused.status, refused.code) == (503, "storage_unavailable"), refused
        assert "is revoked" in refused.json["detail"], refused
        assert not accepts(first, one)
        assert revoke(first, two).status == 200
        for running in (first, second):
            for signed in (one, two):
                until(lambda: not accepts(running, signed), "a revoked key is accepted", IN_FORCE)
        again = revoke(first, one)
        assert again.status == 200 and again.json["was_revoked"], again
    with start(shared) as third:
        assert not accepts(third, one) and not accepts(third, two)


def what_was_written_while_a_replica_started_is_in_force(shared, library):
    disk = Disk(library)
    disk.order(lock_ms=2000)
    started = []
    with start(shared) as before:
        signed = sign(before, "one")
        starting = threading.Thread(target=lambda: started.append(start(shared, disk)))
        starting.start()
        until(lambda: disk.told("locks") > 0, "it claims its journal")
        assert revoke(before, signed).status == 200
    starting.join(PATIENCE)
    with started[0] as after:
        assert not accepts(after, signed)


def a_journal_whose_place_is_taken_in_the_middle_of_a_revocation(shared, _library):
    state = pathlib.Path(shared, "state")
    with start(shared) as first, start(shared) as second:
        signed = sign(first, "one")
        until(lambda: revoke(first, sign(first, "two")).json["reached"]["replicas"] == 2, "both run")
        os.kill(second.process.pid, signal.SIGSTOP)
        try:
            answers = []
            asking = threading.Thread(target=lambda: answers.append(revoke(first, signed)))
            asking.start()
            until(lambda: signed["kid"] in (state / "revocations-00").read_text(), "it is written")
            (state / "revocations-00").rename(pathlib.Path(shared, "moved"))
            (state / "revocations-00").mkdir(0o700)
            asking.join(PATIENCE)
        finally:
            os.kill(second.process.pid, signal.SIGCONT)
        assert answers[0].status == 200, answers
        (state / "revocations-00").rmdir()
        until(lambda: not accepts(second, signed), "it is in a journal again")


def a_journal_that_is_removed_is_told_and_written_again(shared, _library):
    state = pathlib.Path(shared, "state")
    with start(shared) as first:
        with start(shared) as second:
            signed = sign(second, "one")
            assert revoke(second, signed).json["reached"] == {"replicas": 2, "confirmed": 2}
        (state / "revocations-01").unlink()
        until(lambda: signed["kid"] in (state / "revocations-00").read_text(), "it is written again")
        until(lambda: '"event":"keys_recovered"' in first.log_text(), "it is over")
        assert "a journal was removed or shortened" in first.log_text()
    with start(shared) as third:
        assert not accepts(third, signed)


def a_folder_that_does_not_answer_is_told(shared, library):
    disk = Disk(library)
    with start(shared, disk) as running:
        signed = sign(running, "one")

        def tells(is_well):
            checks = running.get("/readyz?verbose", port=running.admin_port).json["checks"]
            metrics = running.get("/metrics", port=running.admin_port).body.splitlines()
            failing = f"signet_revocations_failing {0 if is_well else 1}"
            return checks["revocations"]["ok"] is is_well and failing in metrics

        until(lambda: tells(True), "it is well")
        disk.order(is_silent=1)
        try:
            time.sleep(0.5)
            reply = revoke(running, signed)
            assert reply.status == 200 and "reached" not in reply.json, reply
            assert not accepts(running, signed)
            until(lambda: tells(False), "the folder does not answer")
            assert '"event":"revocations_unread"' in running.log_text()
        finally:
            disk.order(is_silent=0)
        until(lambda: tells(True), "it answers again")


if __name__ == "__main__":
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as library:
        for test in (
            a_flush_that_fails_revokes_all_the_same,
            what_was_written_while_a_replica_started_is_in_force,
            a_journal_whose_place_is_taken_in_the_middle_of_a_revocation,
            a_journal_that_is_removed_is_told_and_written_again,
            a_folder_that_does_not_answer_is_told,
        ):
            with tempfile.TemporaryDirectory() as shared:
                test(shared, library)
                print(test.__name__)

#include "service/process/seals.hpp"
#include "service/process/system_calls.hpp"
#include "tests/service/process/child.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using tests::in_child;
using tests::is_sanitized;

namespace {

constexpr int not_limited = 100;

/// The same, after the limit. The exit code not_limited says that there is none.
template <class Task> tests::child_end limited(Task task)
{
    return in_child([&] {
        service::seal_process();
        return service::limit_system_calls().empty() ? task() : not_limited;
    });
}

bool is_missing(long outcome)
{
    return outcome == -1 && errno == ENOSYS;
}

}  // namespace

TEST_SUITE("service/process/system_calls" * doctest::skip(tests::has_thread_sanitizer))
{
    TEST_CASE("limit_system_calls: a program that is started ends the process")
    {
        auto const end = limited([] {
            char const* const words[] = {"/bin/true", nullptr};
            ::execve(words[0], const_cast<char* const*>(words), nullptr);
            return 1;
        });
        CHECK(end.signal == SIGSYS);
    }

    TEST_CASE(
        "limit_system_calls: tracing, and the memory of others, end the process"
        * doctest::skip(is_sanitized)
    )
    {
        auto const traces = limited([] {
            ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
            return 1;
        });
        CHECK(traces.signal == SIGSYS);
        for (auto const call : {SYS_process_vm_readv, SYS_process_vm_writev}) {
            auto const end = limited([call] {
                ::syscall(call, ::getppid(), nullptr, 0, nullptr, 0, 0);
                return 1;
            });
            CHECK(end.signal == SIGSYS);
        }
    }

    TEST_CASE("limit_system_calls: no process is made" * doctest::skip(is_sanitized))
    {
        auto const end = limited([] {
            auto const made = ::fork();
            if (made == 0)
                ::_exit(0);
            return is_missing(made) ? 0 : 1;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: a thread gets no namespaces" * doctest::skip(is_sanitized))
    {
        auto const end = limited([] {
            constexpr auto thread =
                CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
            for (long const more :
                 {CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWIPC,
                  CLONE_NEWUTS, CLONE_NEWCGROUP})
                if (!is_missing(::syscall(SYS_clone, thread | more, nullptr, nullptr, nullptr, 0)))
                    return 1;
            // Not as a child, and not as a sibling either.
            for (long const other :
                 {SIGCHLD, SIGCHLD | CLONE_VM | CLONE_VFORK, CLONE_PARENT | SIGCHLD})
                if (!is_missing(::syscall(SYS_clone, other, nullptr, nullptr, nullptr, 0)))
                    return 2;
            return 0;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: keys are not pressed in the terminal, and no device is asked")
    {
        auto const end = limited([] {
            int const file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
            char octet = 'x';
            for (unsigned long const what : {TIOCSTI, TIOCLINUX, TIOCSETD, FIOSETOWN, SIOCSPGRP})
                if (file < 0 || !is_missing(::ioctl(file, what, &octet)))
                    return 1;
            // The kernel looks at 32 bits of it.
            constexpr unsigned long high = 1UL << 32U;
            return is_missing(::ioctl(file, TIOCSTI | high, &octet)) ? 0 : 2;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE(
        "limit_system_calls: privileges, dumps and tracing are not switched on again"
        * doctest::skip(is_sanitized)
    )
    {
        auto const end = limited([] {
            for (int const what :
                 {PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_PTRACER, PR_CAP_AMBIENT, PR_SET_MM,
                  PR_SET_SECUREBITS})
                if (!is_missing(::prctl(what, 1, 0, 0, 0)))
                    return 1;
            rlimit const none{0, 0};
            return is_missing(::syscall(SYS_prlimit64, 1, RLIMIT_CORE, &none, 0)) ? 0 : 2;
        });
        CHECK(end.code == 0);
    }

#if defined(__x86_64__)
    TEST_CASE("limit_system_calls: the calls of other architectures end the process")
    {
        constexpr long x32 = 0x40000000;
        auto const of_x32 = limited([] {
            ::syscall(x32 + SYS_getpid);
            return 1;
        });
        CHECK(of_x32.signal == SIGSYS);
        auto const of_32_bits = limited([] {
            long answer = 20;  // getpid
            asm volatile("int $0x80" : "+a"(answer) : : "memory");
            return 1;
        });
        // A kernel without them answers with another signal.
        CHECK((of_32_bits.signal == SIGSYS || of_32_bits.signal == SIGSEGV));
    }
#endif

    TEST_CASE("limit_system_calls: nothing is bound, and no other family has a socket")
    {
        auto const end = limited([] {
            for (int const family : {AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG})
                if (!is_missing(::socket(family, SOCK_RAW, 0)))
                    return 1;
            int const one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (one < 0)
                return 2;
            sockaddr const any{AF_INET, {}};
            return is_missing(::bind(one, &any, sizeof any)) && is_missing(::listen(one, 1)) ? 0
                                                                                             : 3;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: sockets of rarer kinds and protocols are not made")
    {
        auto const end = limited([] {
            struct {
                int family, kind, protocol;
            } const rare[] = {
                {AF_INET, SOCK_RAW, IPPROTO_ICMP},
                {AF_INET6, SOCK_RAW, IPPROTO_ICMPV6},
                {AF_INET, SOCK_DGRAM, IPPROTO_ICMP},
                {AF_INET, SOCK_STREAM, IPPROTO_SCTP},
                {AF_INET, SOCK_STREAM, IPPROTO_MPTCP},
                {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE},
                {AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP},
                {AF_INET, SOCK_DCCP, IPPROTO_DCCP},
                {AF_UNIX, SOCK_SEQPACKET, 0},
                {AF_UNIX, SOCK_RAW, 0},
            };
            int which = 0;
            for (auto const& one : rare) {
                ++which;
                if (!is_missing(::socket(one.family, one.kind | SOCK_CLOEXEC, one.protocol)))
                    return which;
            }
            return 0;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: a descriptor's news are not a signal to another process")
    {
        auto const other = ::getpid();
        auto const end = limited([other] {
            int const one = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (one < 0 || !is_missing(::fcntl(one, F_SETOWN, other)))
                return 1;
            f_owner_ex const parent{F_OWNER_PID, other};
            if (!is_missing(::fcntl(one, F_SETOWN_EX, &parent)))
                return 2;
            if (!is_missing(::fcntl(one, F_SETSIG, SIGKILL)))
                return 3;
            int const flags = ::fcntl(one, F_GETFL);
            if (flags < 0 || ::fcntl(one, F_SETFL, flags | O_NONBLOCK) != 0)
                return 4;
            return ::fcntl(one, F_DUPFD_CLOEXEC, 0) >= 0 ? 0 : 5;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: memory does not become code" * doctest::skip(is_sanitized))
    {
        auto const end = limited([] {
            constexpr std::size_t size = 4096;
            auto const map = [](int protection) {
                return ::mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            };
            if (map(PROT_READ | PROT_WRITE | PROT_EXEC) != MAP_FAILED)
                return 1;
            if (map(PROT_READ | PROT_EXEC) != MAP_FAILED)
                return 2;
            auto* const data = map(PROT_READ | PROT_WRITE);
            if (data == MAP_FAILED || ::mprotect(data, size, PROT_READ) != 0)
                return 3;
            return is_missing(::mprotect(data, size, PROT_READ | PROT_EXEC)) ? 0 : 4;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: io_uring, new namespaces, mounts and the like fail")
    {
        auto const end = limited([] {
            constexpr long io_uring_setup = 425, io_uring_enter = 426, io_uring_register = 427;
            constexpr long clone3 = 435, pidfd_open = 434, pidfd_getfd = 438, openat2 = 437;
            constexpr long process_madvise = 440, mount_setattr = 442, memfd_secret = 447;
            constexpr long calls[] = {
                io_uring_setup,
                io_uring_enter,
                io_uring_register,
                clone3,
                pidfd_open,
                pidfd_getfd,
                openat2,
                process_madvise,
                mount_setattr,
                memfd_secret,
                SYS_unshare,
                SYS_setns,
                SYS_mount,
                SYS_umount2,
                SYS_pivot_root,
                SYS_chroot,
                SYS_bpf,
                SYS_keyctl,
                SYS_add_key,
                SYS_request_key,
                SYS_userfaultfd,
                SYS_perf_event_open,
                SYS_seccomp,
                SYS_init_module,
                SYS_finit_module,
                SYS_kexec_load,
                SYS_reboot,
                SYS_swapon,
                SYS_memfd_create,
                SYS_setpriority,
                SYS_setuid,
                SYS_setgid,
                SYS_setresuid,
                SYS_setgroups,
                SYS_capset,
                SYS_setfsuid,
                SYS_open_by_handle_at,
                SYS_name_to_handle_at,
                SYS_kcmp,
                SYS_vmsplice,
                SYS_splice,
                SYS_tee,
                SYS_sendfile,
                SYS_mknodat,
                SYS_symlinkat,
                SYS_fchmodat,
                SYS_fchmod,
                SYS_fallocate,
                SYS_fchownat,
                SYS_shmget,
                SYS_shmat,
                SYS_msgget,
                SYS_semget,
                SYS_mq_open,
                SYS_timer_create,
                SYS_settimeofday,
                SYS_clock_settime,
                SYS_adjtimex,
                SYS_sethostname,
                SYS_syslog,
                SYS_quotactl,
                SYS_acct,
                SYS_fanotify_init,
                SYS_remap_file_pages,
                SYS_pkey_mprotect,
                SYS_move_pages};
            int which = 0;
            for (auto const call : calls) {
                ++which;
                if (!is_missing(::syscall(call, 0, 0, 0, 0, 0, 0)))
                    return which;
            }
            return 0;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: others get no signal" * doctest::skip(is_sanitized))
    {
        auto const parent = ::getpid();
        auto const end = limited([parent] {
            if (!is_missing(::kill(parent, 0)))
                return 1;
            if (!is_missing(::syscall(SYS_tgkill, parent, parent, 0)))
                return 2;
            if (!is_missing(::syscall(SYS_tkill, parent, 0)))
                return 3;
            return is_missing(::syscall(SYS_rt_sigqueueinfo, parent, 0, nullptr)) ? 0 : 4;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: abort still ends the process")
    {
        auto const end = limited([]() -> int {
            std::signal(SIGABRT, SIG_DFL);
            std::abort();
        });
        CHECK(end.signal == SIGABRT);
    }

    TEST_CASE("limit_system_calls: what the service goes on doing works")
    {
        auto const end = limited([] {
            std::atomic<int> answer{0};
            std::thread([&] { answer = 1; }).join();
            if (answer != 1)
                return 1;
            addrinfo* found = nullptr;
            if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0)
                return 2;
            ::freeaddrinfo(found);
            int const file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
            char octet = 0;
            if (file < 0 || ::read(file, &octet, 1) != 1)
                return 3;
            int const local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            int const newer = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (local < 0 || (newer < 0 && errno != EAFNOSUPPORT))
                return 4;
            // One that this process does not have yet: its code is mapped.
            return ::dlopen("libnss_compat.so.2", RTLD_NOW) != nullptr
                    || ::dlopen("libutil.so.1", RTLD_NOW) != nullptr
                ? 0
                : 5;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: names are looked up for the addresses that the machine has")
    {
        auto const end = limited([] {
            // The C library asks the kernel for them by a family that is refused, and goes on.
            addrinfo hints{};
            hints.ai_flags = AI_ADDRCONFIG;
            hints.ai_socktype = SOCK_STREAM;
            addrinfo* found = nullptr;
            if (::getaddrinfo("127.0.0.1", "443", &hints, &found) != 0)
                return 1;
            ::freeaddrinfo(found);
            if (::getaddrinfo("localhost", "443", &hints, &found) != 0)
                return 2;
            ::freeaddrinfo(found);
            return 0;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: memory for secrets is still locked, and left out of dumps")
    {
        auto const end = limited([] {
            constexpr std::size_t size = 4096;
            constexpr int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
            auto* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, how, -1, 0);
            if (at == MAP_FAILED || ::madvise(at, size, MADV_DONTDUMP) != 0)
                return 1;
            if (::mlock(at, size) != 0
                && errno == ENOSYS)  // a limit of the machine is none of ours
                return 2;
            if (::munlock(at, size) != 0 && errno == ENOSYS)
                return 3;
            auto* const moved = ::mremap(at, size, 2 * size, MREMAP_MAYMOVE);
            return moved != MAP_FAILED && ::munmap(moved, 2 * size) == 0 ? 0 : 4;
        });
        CHECK(end.code == 0);
    }

    TEST_CASE("limit_system_calls: files are made, locked, linked, replaced and removed")
    {
        char name[] = "/tmp/signet-calls-XXXXXX";
        std::string const at = ::mkdtemp(name);
        auto const end = limited([&at] {
            auto const in = at + "/in", one = in + "/one", two = in + "/two";
            if (::mkdir(in.c_str(), 0700) != 0)
                return 1;
            int const folder = ::open(in.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            int const file = ::openat(folder, "one", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            if (folder < 0 || file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0)
                return 2;
            if (::write(file, "abc", 3) != 3 || ::ftruncate(file, 1) != 0)
                return 3;
            if (::fsync(file) != 0 || ::fdatasync(file) != 0 || ::fsync(folder) != 0)
                return 4;
            if (::linkat(folder, "one", folder, "two", 0) != 0
                || ::renameat(folder, "two", folder, "three") != 0
                || ::rename((in + "/three").c_str(), two.c_str()) != 0)
                return 5;
            return ::unlinkat(folder, "one", 0) == 0 && ::unlink(two.c_str()) == 0 ? 0 : 6;
        });
        CHECK(end.code == 0);
        std::filesystem::remove_all(at);
    }

    TEST_CASE("limit_system_calls: it holds for threads that were there before")
    {
        auto const end = in_child([] {
            service::seal_process();
            std::atomic<int> stage{0};
            std::atomic<bool> was_refused{false};
            std::thread before([&] {
                while (stage == 0)
                    std::this_thread::yield();
                was_refused = is_missing(::syscall(SYS_memfd_create, "", 0));
            });
            bool const is_limited = service::limit_system_calls().empty();
            stage = 1;
            before.join();
            return is_limited && was_refused ? 0 : 1;
        });
        CHECK(end.code == 0);
    }
}

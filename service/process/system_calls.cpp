#include "service/process/system_calls.hpp"

#include "core/crypto/shared_library.hpp"
#include "service/process/libseccomp.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <sched.h>
#include <span>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <vector>

namespace service {
namespace {

/// Whatever their arguments are. Calls that a machine does not have are left out.
constexpr std::array always{
    // threads and their waiting
    "exit", "exit_group", "futex", "futex_time64", "set_robust_list", "rseq", "gettid", "getpid",
    "sched_yield", "sched_getaffinity", "sched_getscheduler", "getpriority", "nanosleep",
    "clock_nanosleep", "clock_nanosleep_time64", "restart_syscall", "membarrier",
    // signals of our own
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    // memory
    "brk", "munmap", "mremap", "madvise", "mlock", "mlock2", "munlock",
    // time, chance, and what the process is
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday",
    "time", "getrandom", "getrusage", "sysinfo", "uname", "getuid", "geteuid", "getgid", "getegid",
    "getgroups", "getcpu",
    // waiting for descriptors
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "poll", "ppoll", "ppoll_time64",
    "eventfd2", "pipe2", "timerfd_create", "timerfd_settime", "timerfd_settime64",
    "timerfd_gettime", "timerfd_gettime64", "inotify_init1", "inotify_add_watch",
    "inotify_rm_watch",
    // descriptors
    "read", "readv", "pread64", "write", "writev", "pwrite64", "lseek", "_llseek", "close",
    // files: which ones is landlock's matter
    "open", "openat", "access", "faccessat", "faccessat2", "stat", "stat64", "lstat", "lstat64",
    "fstat", "fstat64", "newfstatat", "fstatat64", "statx", "statfs", "statfs64", "fstatfs",
    "fstatfs64", "readlink", "readlinkat", "getdents64", "getcwd",
    // files that are kept: written, flushed, put in place
    "fsync", "fdatasync", "ftruncate", "flock", "rename", "renameat", "renameat2", "link", "linkat",
    "unlink", "unlinkat", "mkdir", "mkdirat",
    // connections: accepted ones, and those to other issuers and to servers of names
    "accept", "accept4", "connect", "shutdown", "getsockname", "getpeername", "getsockopt",
    "setsockopt", "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg",
    "recvmmsg_time64"};

/// What no part of the service ever asks for.
constexpr std::array fatal{"execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev"};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
/// What a sanitizer does on top of it: its search for leaks starts a process that traces this one.
constexpr std::array of_sanitizers{
    "ptrace",  "process_vm_readv", "clone",   "wait4",    "prctl",       "kill",       "tgkill",
    "getppid", "mincore",          "mmap",    "mprotect", "personality", "arch_prctl", "dup",
    "dup2",    "prlimit64",        "getdents"};

bool is_of_sanitizer(std::string_view call)
{
    return is_sanitized && std::ranges::find(of_sanitizers, call) != of_sanitizers.end();
}

/// A call that is admitted when all conditions hold. Several rows of one call: when one of them
/// does.
struct conditional {
    char const* call;
    std::vector<scmp_arg_cmp> conditions;
};

scmp_arg_cmp is(unsigned argument, std::uint64_t value)
{
    return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp has_none(unsigned argument, std::uint64_t bits)
{
    return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

/// Of these bits exactly `bits`.
scmp_arg_cmp has_of(unsigned argument, std::uint64_t these, std::uint64_t bits)
{
    return {argument, SCMP_CMP_MASKED_EQ, these, bits};
}

/// Threads, and no processes, in the namespaces that are there. The flags of clone3 cannot be seen:
/// without it the C library uses clone.
conditional new_thread()
{
#if defined(__s390__)
    constexpr unsigned flags = 1;
#else
    constexpr unsigned flags = 0;
#endif
    constexpr std::uint64_t others = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC
        | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE;
    return {"clone", {has_of(flags, CLONE_THREAD | others, CLONE_THREAD)}};
}

/// The families in use, and of each the streams and datagrams that every system has: a server of
/// names is asked by both. No packets as they are on the wire, and no rarer protocols.
void add_sockets(std::vector<conditional>& to)
{
    constexpr std::uint64_t kinds = 0xF;  // the rest of the argument: close-on-exec, non-blocking
    for (std::uint64_t const kind : {SOCK_STREAM, SOCK_DGRAM})
        to.push_back({"socket", {is(0, AF_UNIX), has_of(1, kinds, kind), is(2, 0)}});
    for (std::uint64_t const family : {AF_INET, AF_INET6}) {
        for (std::uint64_t const protocol : {0, int{IPPROTO_TCP}})
            to.push_back({"socket", {is(0, family), has_of(1, kinds, SOCK_STREAM), is(2, protocol)}}
            );
        for (std::uint64_t const protocol : {0, int{IPPROTO_UDP}})
            to.push_back({"socket", {is(0, family), has_of(1, kinds, SOCK_DGRAM), is(2, protocol)}}
            );
    }
}

/// Not who gets a signal when a descriptor has news: that may be another process, and any signal.
void add_descriptors(std::vector<conditional>& to)
{
    for (auto const* call : {"fcntl", "fcntl64"})
        for (std::uint64_t const what :
             {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL})
            to.push_back({call, {is(1, what)}});
}

std::vector<conditional> conditionals()
{
    auto const us = static_cast<std::uint64_t>(::getpid());
    std::vector<conditional> all{
        new_thread(),
        {"tgkill", {is(0, us)}},  // abort() ends the process
        // Code comes from files only.
        {"mmap", {has_none(2, PROT_EXEC)}},
        {"mmap", {has_none(2, PROT_WRITE), has_none(3, MAP_ANONYMOUS)}},
        {"mmap2", {has_none(2, PROT_EXEC)}},
        {"mmap2", {has_none(2, PROT_WRITE), has_none(3, MAP_ANONYMOUS)}},
        {"mprotect", {has_none(2, PROT_EXEC)}},
        {"prctl", {is(0, PR_SET_VMA)}},  // names memory
        // Of ourselves: 0. Limits are read to see how many descriptors are left.
        {"prlimit64", {is(0, 0)}},
        {"sched_setattr", {is(0, 0)}},
        {"ioctl", {is(1, FIONBIO)}},
        {"ioctl", {is(1, FIONREAD)}},
        {"ioctl", {is(1, TCGETS)}},  // whether the log is a terminal
    };
    add_sockets(all);
    add_descriptors(all);
    return all;
}

std::optional<libseccomp> find_libseccomp()
{
    core::crypto::shared_library const library(SIGNET_LIBSECCOMP_SONAME);
    libseccomp lib;
    bool is_whole = library.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && library.find(#name, lib.name);
    SIGNET_LIBSECCOMP_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    return is_whole ? std::optional(lib) : std::nullopt;
}

/// A filter while it is made.
class filter {
public:
    explicit filter(libseccomp const& lib)
        : lib_(lib), context_(lib.seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), lib.seccomp_release)
    {
        if (!context_) {
            failed_ = -ENOMEM;
            return;
        }
        must(lib_.seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
        must(lib_.seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
        // Where the kernel or the library does not know these two, the filter does the same.
        lib_.seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_SSB, 1);
        lib_.seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a binary tree
    }

    void add(char const* call, std::uint32_t action, std::span<scmp_arg_cmp const> conditions = {})
    {
        if (failed_ != 0)
            return;
        auto const number = lib_.seccomp_syscall_resolve_name(call);
        if (number == __NR_SCMP_ERROR)  // newer than the library
            return;
        must(lib_.seccomp_rule_add_array(
            context_.get(), action, number, static_cast<unsigned>(conditions.size()),
            conditions.data()
        ));
    }

    /// Returns  0, or the negative error.
    int put_in_force()
    {
        if (failed_ == 0)
            must(lib_.seccomp_load(context_.get()));
        return failed_;
    }

private:
    void must(int outcome)
    {
        if (failed_ == 0)
            failed_ = outcome;
    }

    libseccomp const& lib_;
    std::unique_ptr<void, decltype(::seccomp_release)*> context_;
    int failed_ = 0;
};

}  // namespace

std::string limit_system_calls()
{
    auto const lib = find_libseccomp();
    if (!lib)
        return "this machine does not have " SIGNET_LIBSECCOMP_SONAME;
    filter made(*lib);
    for (auto const* call : always)
        made.add(call, SCMP_ACT_ALLOW);
    for (auto const* call : fatal)
        if (!is_of_sanitizer(call))
            made.add(call, SCMP_ACT_KILL_PROCESS);
    for (auto const* call : of_sanitizers)
        if (is_of_sanitizer(call))
            made.add(call, SCMP_ACT_ALLOW);
    for (auto const& [call, conditions] : conditionals())
        if (!is_of_sanitizer(call))
            made.add(call, SCMP_ACT_ALLOW, conditions);
    auto const failed = made.put_in_force();
    core::crypto::give_back_pages(reinterpret_cast<void const*>(lib->seccomp_init));
    return failed == 0 ? std::string() : "seccomp: " + std::generic_category().message(-failed);
}

}  // namespace service

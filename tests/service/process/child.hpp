#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace tests {

/// How a process ended.
struct child_end {
    int code = -1;   ///< its exit code; -1 = it did not exit
    int signal = 0;  ///< that ended it; 0 = none
};

/// Runs something that cannot be undone in a process of its own.
///
/// task     returns the exit code, below 128. Nothing of the test framework works in it.
template <class Task> child_end in_child(Task&& task)
{
    auto const child = ::fork();
    if (child < 0)
        return {};
    if (child == 0)
        ::_exit(task());
    int status = 0;
    if (::waitpid(child, &status, 0) != child)
        return {};
    if (WIFSIGNALED(status))
        return {.code = -1, .signal = WTERMSIG(status)};
    return {.code = WEXITSTATUS(status), .signal = 0};
}

// Sanitizers do more with the system than the service, and TSan starts no thread after a fork.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool has_thread_sanitizer = true;
#else
inline constexpr bool has_thread_sanitizer = false;
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace tests

#pragma once

namespace service {

/// When threads take turns on a core: those that answer requests go first, because their work is
/// short and somebody waits for it. Both calls are requests to the kernel, which may ignore them;
/// without them everything works, only later.

/// Asks for a core at once whenever this thread wakes up. For a thread that reads and answers.
void go_first() noexcept;

/// Lets other threads go first, and gives up its core soon when one wants it. For a thread that
/// computes for long.
void give_way() noexcept;

}  // namespace service

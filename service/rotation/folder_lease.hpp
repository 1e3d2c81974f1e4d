#pragma once

#include "core/base/time.hpp"
#include "service/rotation/folder.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace service {

/// The lease of a shared folder: a file that says which process does the work now. It is not what
/// keeps two processes apart, but what keeps them from working in vain. Blocks on the disk; one thread.
class folder_lease {
public:
    /// How long a process may take for its turn before another one may begin. Short, because one
    /// that was killed leaves its lease; that of one that is slow only costs work in vain.
    static constexpr std::chrono::seconds time{5};

    /// holder  names this process: unique among those that share the folder.
    folder_lease(folder& in, std::string holder) : folder_(in), holder_(std::move(holder)) {}

    /// is_taken  becomes whether another process has it.
    /// Returns   a sentence about what is wrong; empty = nothing.
    std::string take(core::instant now, bool& is_taken);
    void give_back();

private:
    folder& folder_;
    std::string holder_;
};

}  // namespace service

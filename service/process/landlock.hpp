#pragma once

#include "service/process/reach.hpp"

#include <string>

namespace service {

/// What came of limit_files.
struct file_limit {
    int version = 0;      ///< of the kernel's landlock; 0 = not in force
    std::string why_not;  ///< empty when it is in force
};

/// From here on this thread, and those that it starts, open no files but these, execute none, and
/// send no signals and connect to no abstract socket outside of the process. It cannot be undone.
/// Call it before there is another thread, with no-new-privileges set.
///
/// admitted  a folder counts with everything below it; those that do not exist are left out.
file_limit limit_files(reach const& admitted);

/// Whether limit_files has taken effect in this process.
bool files_are_limited() noexcept;

/// Whether this folder, as its path is without links, is one of those that are written or below one:
/// always, if files are not limited.
bool may_be_written(std::string const& folder);

}  // namespace service

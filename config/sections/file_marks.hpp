#pragma once

#include "config/sections/trusted_file.hpp"

#include <map>
#include <string>

namespace config {

/// What a file was when it was read.
struct file_mark {
    std::size_t size_max = 0;  ///< how much of it could be read
    /// A hash of its content and who could read it, or why nothing was read.
    std::string was;
    /// Who uses the file looks at it by itself: it is no reason to load a configuration again that
    /// is in force, but one to try again what was refused.
    bool is_followed = false;
    bool operator==(file_mark const&) const = default;
};

/// Files by their paths, as they were when the configuration was loaded.
using file_marks = std::map<std::string, file_mark>;

/// As read_trusted_file, and notes what the file was.
outcome<file_content>
read_marked_file(std::string const& path, std::size_t size_max, file_marks& marks);

/// Reads the files again. Blocks on the disk.
///
/// Returns  what they are now.
file_marks look_again(file_marks const& at);

/// Those that nobody but the configuration looks at.
file_marks without_followed(file_marks all);

}  // namespace config

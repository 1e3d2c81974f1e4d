#pragma once

#include "config/sections/trusted_file.hpp"

#include <string>
#include <vector>

namespace config {

/// A folder in which others than root and our user can put another entry in a file's place.
struct open_folder {
    std::string path;
    file_facts facts;
};

/// The open ones among all folders on the way to a file, from the root on and through every
/// symbolic link. For a warning only: another process can change folders at any time, and what
/// decides is the check of the file that is read.
///
/// path     absolute, or from the working directory; what is not there ends the way.
std::vector<open_folder> open_folders_to(std::string const& path);

}  // namespace config

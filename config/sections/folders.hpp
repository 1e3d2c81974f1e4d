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

/// Finds the open folders on the way to a file, from the root and through every symbolic link. Only
/// for a warning, because folders can change at any time: what decides is the check of the open
/// file.
///
/// path     absolute, or relative to the working directory. The search ends at a name that does not
///          exist.
std::vector<open_folder> open_folders_to(std::string const& path);

}  // namespace config

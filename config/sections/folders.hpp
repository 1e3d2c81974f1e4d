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

/// The folders in which an entry would have to change so that the path leads to something else: that
/// of the file, and that of each symbolic link on the way, such as `..data` of a mounted ConfigMap.
/// In the order in which they are met; a name that does not exist ends the search.
std::vector<std::string> folders_that_decide(std::string const& path);

}  // namespace config

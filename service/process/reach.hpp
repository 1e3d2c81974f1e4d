#pragma once

#include "config/sections/file_marks.hpp"
#include "config/values/settings.hpp"

#include <string>
#include <vector>

namespace service {

/// The folders and files that a process needs, as absolute paths. Those that do not exist are
/// harmless.
struct reach {
    std::vector<std::string> read;     ///< with everything below
    std::vector<std::string> written;  ///< files are made, changed and removed in these folders
    std::vector<std::string> sockets;  ///< Unix sockets are made and removed in these
};

/// What a service with this configuration needs, now and after a reload: the folders of its files
/// with everything below them, also those where links on the way are, and what every process needs
/// of the system. Makes the folders that are written to, so that they exist.
///
/// files    that the configuration was read from.
reach reach_of(config::settings const& with, config::file_marks const& files);

/// The folders that a service with this configuration writes to. Each setting that names one is
/// here.
std::vector<std::string> written_by(config::settings const& with);

/// For each of these files that may not be opened, a sentence for people that names it.
std::vector<std::string> out_of_reach(config::file_marks const& files);

}  // namespace service

#pragma once

#include "config/sections/trusted_file.hpp"

#include <map>
#include <set>
#include <string_view>

namespace config {

/// Reads what the configuration names: files below the configuration's own folder, variables.
class secret_source {
public:
    /// folder   of the configuration file; empty = the paths are taken as they are.
    secret_source(std::string folder, std::map<std::string, std::string> const& environment)
        : folder_(std::move(folder)), environment_(&environment)
    {
    }

    std::string resolved(std::string_view path) const;

    /// As read_trusted_file, whose problems here begin with the file's name.
    outcome<file_content> read_file(std::string_view path, std::size_t size_max) const;
    /// Every file that was named to read_file, also by a reference.
    std::set<std::string> const& files() const noexcept { return files_; }

    /// The octets that "file:..." or "env:..." names; a file's less one newline at its end. A file
    /// that others may read is a problem. Anything else is a literal, which is a problem too.
    outcome<core::secret_bytes> read_reference(std::string_view reference) const;

private:
    std::string folder_;
    std::map<std::string, std::string> const* environment_;
    mutable std::set<std::string> files_;  ///< one thread loads
};

}  // namespace config

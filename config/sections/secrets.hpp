#pragma once

#include "config/sections/trusted_file.hpp"

#include <map>
#include <set>
#include <string_view>

namespace config {

/// Reads what the configuration refers to: variables, and files relative to its own folder.
class secret_source {
public:
    /// folder   of the configuration file; empty = the paths are taken as they are.
    secret_source(std::string folder, std::map<std::string, std::string> const& environment)
        : folder_(std::move(folder)), environment_(&environment)
    {
    }

    std::string resolved(std::string_view path) const;

    /// As read_trusted_file, but problems begin with the file's name.
    outcome<file_content> read_file(std::string_view path, std::size_t size_max) const;
    /// Every file that read_file was asked for, also by a reference.
    std::set<std::string> const& files() const noexcept { return files_; }

    /// Reads what "file:..." or "env:..." refers to. One newline at the end of a file is dropped. A
    /// file that others may read is a problem, and so is a text that is not a reference. What an
    /// editor or a shell has probably added to a text is part of the secret, and a doubt.
    outcome<core::secret_bytes> read_reference(std::string_view reference) const;

private:
    std::string folder_;
    std::map<std::string, std::string> const* environment_;
    mutable std::set<std::string> files_;  ///< one thread loads
};

}  // namespace config

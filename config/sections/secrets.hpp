#pragma once

#include "config/sections/file_marks.hpp"

#include <map>
#include <set>
#include <string_view>

namespace config {

/// What a file is noted for.
enum class file_use : std::uint8_t {
    loaded,    ///< the configuration has what was in it, until it is loaded again
    followed,  ///< who uses it reads it again by itself
};

/// Reads a secret from its file, at most 64 KiB. One newline at its end is dropped.
///
/// path     as it is opened.
/// most     open: others may be able to read the file too, but never to change it.
/// Returns  the secret, or a sentence without the file's name.
outcome<core::secret_bytes> read_secret_file(std::string const& path, file_access most);

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
    outcome<file_content>
    read_file(std::string_view path, std::size_t size_max, file_use use = file_use::loaded) const;
    /// Every file that was asked for, also by a reference.
    std::set<std::string> const& files() const noexcept { return files_; }
    /// What they were, so that a change of one is noticed.
    file_marks const& marks() const noexcept { return marks_; }

    /// Reads what "file:..." or "env:..." refers to. One newline at the end of a file is dropped. A
    /// file that others may read is a problem, and so is a text that is not a reference. What an
    /// editor or a shell has probably added to a text is part of the secret, and a doubt.
    outcome<core::secret_bytes> read_reference(std::string_view reference) const;
    /// As read_secret_file, but problems begin with the file's name, and with doubts.
    outcome<core::secret_bytes> read_secret(std::string_view path) const;
    /// The same for a file that its user reads again for each use.
    outcome<core::secret_bytes> read_followed_secret(std::string_view path, file_access most) const;

private:
    outcome<file_content>
    read_noted(std::string const& path, std::size_t size_max, file_use use) const;

    std::string folder_;
    std::map<std::string, std::string> const* environment_;
    mutable std::set<std::string> files_;  ///< one thread loads
    mutable file_marks marks_;             ///< the same
};

}  // namespace config

#pragma once

#include "core/secret.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// What was read, or one sentence about why not (never with any of the content).
template <class T> struct outcome {
    std::optional<T> value;
    std::string problem;
    bool from_environment = false;
};

/// Whether a file may be read by others than its owner.
enum class file_access : std::uint8_t {
    guarded,  ///< neither writable by the group nor accessible to the world; readable by the group
              ///< only when it is one of the process's own
    open,     ///< anyone may; good for public keys only
};

struct file_content {
    core::secret_bytes octets;
    file_access access = file_access::open;
    std::string exposure;  ///< why it is open, as a sentence that names the remedy
};

/// Reads what the configuration names: files below the configuration's own folder, variables.
class secret_source {
public:
    /// folder   of the configuration file; empty = the paths are taken as they are.
    secret_source(std::string folder, std::map<std::string, std::string> const& environment)
        : folder_(std::move(folder)), environment_(&environment)
    {
    }

    std::string resolved(std::string_view path) const;

    /// A regular file of at most `size_max` octets; an empty one is a problem.
    outcome<file_content> read_file(std::string_view path, std::size_t size_max) const;

    /// The octets that "file:..." or "env:..." names; a file's less one newline at its end. A file
    /// that others may read is a problem. Anything else is a literal, which is a problem too.
    outcome<core::secret_bytes> read_reference(std::string_view reference) const;

private:
    std::string folder_;
    std::map<std::string, std::string> const* environment_;
};

}  // namespace config

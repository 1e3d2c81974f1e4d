#pragma once

#include "core/base/secret.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace config {

/// What was read, or one sentence about why not (never with any of the content).
template <class T> struct outcome {
    std::optional<T> value;
    std::string problem;
    bool from_environment = false;
};

/// What the kernel says of a file or a folder, as far as it decides who may change or read it.
struct file_facts {
    uid_t owner = 0;
    gid_t group = 0;
    mode_t mode = 0;            ///< permission bits, with the sticky bit
    bool is_read_only = false;  ///< its file system, or the mount that it was reached by
};

/// "uid 1000, mode 0664"
std::string to_text(file_facts const& facts);

/// Whom this process acts for.
struct process_identity {
    uid_t user = 0;             ///< effective
    std::vector<gid_t> groups;  ///< the effective one and the others
    static process_identity current();
};

/// Why others than root and our user could change a file that decides whom we trust: "may be
/// changed by others (uid 1000, mode 0664): ..." with the remedy; empty = they cannot. On a
/// read-only file system nobody can (a Secret's or a ConfigMap's mount, a container's `:ro`).
std::string why_changeable(file_facts const& file, process_identity const& us);

/// Why others could read a private key, with the remedy; empty = they cannot.
std::string why_exposed(file_facts const& file, process_identity const& us);

/// Whether others than root and our user could put another entry in the place of one in a folder.
///
/// entry_owner  of the entry; nullopt = there is none yet. In a folder with the sticky bit only an
///              entry's owner and the folder's can replace it.
bool is_replaceable(
    file_facts const& folder, std::optional<uid_t> entry_owner, process_identity const& us
);

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

/// Reads a file that decides about trust. What is checked is the open descriptor that is read, so
/// that nobody can put another file there in between; symbolic links are followed.
///
/// size_max  in octets; a larger file is not read.
/// Returns   the octets, or a sentence without the file's name: not there, not a regular file, may
///           be changed by others, empty, too large.
outcome<file_content> read_trusted_file(std::string const& path, std::size_t size_max);

}  // namespace config

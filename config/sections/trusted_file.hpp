#pragma once

#include "core/base/secret.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace config {

/// What was read, or one sentence that says why nothing was (never with any of the content).
template <class T> struct outcome {
    std::optional<T> value;
    std::string problem;
    std::string doubt{};  ///< of a secret: why it is hardly what was meant; empty = nothing is odd
    bool from_environment = false;
};

/// What decides who may change or read a file or a folder.
struct file_facts {
    uid_t owner = 0;
    gid_t group = 0;
    mode_t mode = 0;            ///< permission bits, with the sticky bit
    bool is_read_only = false;  ///< its file system or its mount is read-only
};

/// "uid 1000, mode 0664"
std::string to_text(file_facts const& facts);

/// The user and the groups of this process.
struct process_identity {
    uid_t user = 0;             ///< effective
    std::vector<gid_t> groups;  ///< the effective one and the supplementary ones
    static process_identity current();
};

/// Says how users other than root and our own could change a file that decides about trust, and
/// what to do: "may be changed by others (uid 1000, mode 0664): ..."; empty = they cannot. Nobody
/// can change a file on a read-only file system (the mount of a Secret or a ConfigMap, a
/// container's `:ro`).
std::string why_changeable(file_facts const& file, process_identity const& us);

/// Says how others could read a private key, and what to do; empty = they cannot.
std::string why_exposed(file_facts const& file, process_identity const& us);

/// Whether users other than root and our own could replace an entry of a folder.
///
/// entry_owner  the owner of the entry; nullopt = it does not exist. In a folder with the sticky
///              bit only the owners of the entry and of the folder can replace it.
bool is_replaceable(
    file_facts const& folder, std::optional<uid_t> entry_owner, process_identity const& us
);

/// Whether users other than its owner can read a file.
enum class file_access : std::uint8_t {
    guarded,  ///< neither writable by the group nor accessible to the world; readable by the group
              ///< only when it is one of the process's own
    open,     ///< readable by others: only for public keys
};

/// The longest file of PEM certificates that is read: a system's own bundle has 220 KiB.
inline constexpr std::size_t certificate_file_max = 1024UL * 1024UL;

struct file_content {
    core::secret_bytes octets;
    file_access access = file_access::open;
    std::string exposure;  ///< why it is open, and what to do; empty when it is guarded
};

/// Reads a file that decides about trust. The open descriptor is checked and then read, so that
/// nobody can replace the file in between. Symbolic links are followed.
///
/// size_max  in bytes; a larger file is not read.
/// Returns   the content, or a sentence without the file's name: it does not exist, is not a
///           regular file, may be changed by others, is empty or too large.
outcome<file_content> read_trusted_file(std::string const& path, std::size_t size_max);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"

#include <string>
#include <variant>
#include <vector>

namespace config {

/// The keys of one rotated series, as its folder has them.
struct rotated_keys {
    std::uint64_t generation = 0;  ///< 0 = the folder has no manifest yet
    core::instant written_at{};
    core::revoked_keys revoked{};
    std::vector<core::ring_key> keys{};
    std::size_t in_clear = 0;  ///< files that are not encrypted, although the series has a password
};

/// Says why the folder cannot be trusted with keys: "is not a folder", "belongs to uid 7", "may be
/// entered by others (mode 0755): chmod 0700"; empty = it can. One that does not exist can.
std::string why_not_ours(std::string const& folder);

/// The generation of the newest manifest of a folder, by the names in it; 0 = there is none.
///
/// Returns  or one sentence about why the folder cannot be read.
std::variant<std::uint64_t, std::string> newest_generation(rotated_series const& of);

/// Reads the newest manifest of a folder, and the private halves that are still needed.
///
/// of       its generation is that of the keys in force: the folder must not have an older one.
/// now      decides which private halves are needed.
/// Returns  the keys, or one sentence that begins with the name of what is wrong. The password's and the
///          keys' content never appears in it.
std::variant<rotated_keys, std::string>
read_rotated_keys(rotated_series const& of, core::instant now);

/// Gives keys whose files are gone the private halves that are in force: another machine, whose clock is
/// ahead, deletes them a moment before they have stopped here.
void keep_private_halves(
    std::vector<core::ring_key>& keys, std::vector<core::ring_key> const& in_force
);

/// Makes a key for a plan.
core::result<core::crypto::key_ptr> generate_for(core::rotation::plan const& of);

}  // namespace config

#pragma once

#include "config/values/settings.hpp"
#include "service/rotation/key_directory.hpp"

#include <string>

namespace service {

/// A name for this process in leases: no other one has it.
std::string new_holder();

/// One turn of a series' writer, in the series' folder. Blocks.
///
/// revoked  of all replicas.
/// now      by the time of keys.
key_directory::outcome take_turn_of(
    config::rotated_series const& of, std::string const& holder, core::revoked_keys const& revoked,
    core::instant now, key_directory::request what
);

/// Does what is due in rotated series, before anything listens: makes the first keys of those that
/// have none, and a successor of a key that was revoked when nobody could make one any more.
///
/// revoked  of all replicas.
/// Returns  the settings with the keys. Throws startup_error when a series has no key then. What
///          fails in a series that has keys is logged.
config::settings
with_due_keys(config::settings from, core::revoked_keys const& revoked, core::instant now);

/// The revocations that `state_dir` has; none where it is not set. Throws startup_error.
core::revoked_keys read_revocations(config::settings const& from);

}  // namespace service

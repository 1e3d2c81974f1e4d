#pragma once

#include "tests/simulation/jwks_model.hpp"

#include <string>

namespace simulation {

inline constexpr std::size_t key_names = 12;

/// The kid of a key that the origin may publish. Each kid has two keys: a rotation may replace one
/// by the other.
std::string name_of(std::size_t key);

/// Neighbouring keys.
///
/// is_other  the other key of each kid.
kids names_of(std::size_t first, std::size_t count, bool is_other);

/// Whether a key of this kid is among them.
bool has_kid(kids const& names, std::string const& kid);

/// A body as the service reads it; read once for all runs.
core::jwks_reading const& read(std::string const& body);

/// What the service reads in the set of these keys. Sets that have a key in common share its
/// material, as read_jwks does between two sets.
core::jwks_reading const& set_of(std::size_t first, std::size_t count, bool is_other);

/// The keys of a set; null has none.
kids names_in(core::jwk_set const* set);

}  // namespace simulation

#pragma once

#include "core/keys/jwk_set.hpp"

#include <vector>

namespace service {

/// Writes one entry of a set that is not used, for people: kid, thumbprint, reason and detail,
/// those that it has.
void append_left_out(core::json::writer& to, core::left_out_key const& one);

/// Writes `skipped`, the entries of a request's `jwks` that are not used, and `skipped_more`, how
/// many there are beyond the first skipped_keys_max. Nothing when there are none.
void append_skipped(core::json::writer& to, std::vector<core::left_out_key> const& skipped);

/// Most entries that one reply names: each item of a batch has them, and items may share a set.
inline constexpr std::size_t skipped_keys_max = 16;

}  // namespace service

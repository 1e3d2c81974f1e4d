#pragma once

#include "core/keys/revoked_keys.hpp"
#include "core/rotation/manifest.hpp"
#include "core/rotation/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace core::rotation {

/// What a key does at a moment, as core::key_ring says it.
key_state state_of(manifest const& in, std::size_t key, instant now);
/// Whether its private half is still used, see core::needs_private_half.
bool needs_private_half(plan const& of, key_state state) noexcept;

/// What is due in a series.
struct step {
    bool needs_key = false;  ///< make one, and give it to with_key
    bool is_due = false;     ///< `next` differs from what there is, and should be written
    manifest next;           ///< without the new key; its generation is one more
    /// Kids whose private half nobody needs any more: their files go once `next`, or what there is,
    /// is on the disk.
    std::vector<std::string> stopped;
};

/// Decides what is due at `now`. Depends on nothing else, so that a crash at any point is followed by
/// the same decision.
///
/// before   as it is on the disk; generation 0 = there is none.
/// revoked  of all replicas; the manifest then says it too.
step next_step(plan const& of, manifest const& before, revoked_keys const& revoked, instant now);

/// Adds a key to step::next. It is published after a while, and signs when it is its turn and it has been
/// published for the lead. Where nobody signs, and nobody is about to, it is published and signs at
/// once: the first key of a series, and the one after a revocation without a successor.
///
/// public_jwk  as JSON.
/// Errors      key_invalid when the kid was used before.
result<manifest>
with_key(plan const& of, manifest next, instant now, std::string kid, std::string public_jwk);

/// A rotation that somebody asks for: the next key signs from now on.
///
/// is_emergency  also when it was not published for the lead yet, so that verifiers may not know it.
/// Errors        rotation_too_early, with retry_after: it was not published for the lead, or, also in an
///               emergency, more keys than keys_at_once_emergency_max would be published at once;
///               key_not_found: there is no next key, which is made within a second.
result<manifest> rotated(
    plan const& of, manifest const& before, revoked_keys const& revoked, instant now,
    bool is_emergency
);

/// The moment that a revocation at `now` counts from in the order of keys. (Its tokens are refused at
/// once, whatever this says.) A key that signs, or is about to, has signed by then: on replicas that
/// learn of the revocation a little later it has ended the key before it, whose private half is
/// gone, so that this one must not sign again anywhere.
instant revocation_time(key_schedule const& life, key_state state, instant now) noexcept;

/// "About to": longer than any replica takes to learn of a revocation, with the difference of their
/// clocks.
inline constexpr seconds about_to_sign{5};

}  // namespace core::rotation

#pragma once

#include "core/base/time.hpp"
#include "core/keys/jwk.hpp"

#include <algorithm>
#include <string>

namespace core::rotation {

using std::chrono::seconds;

/// How one series is rotated.
struct plan {
    std::string series;
    std::string alg;
    key_use use = key_use::sig;
    seconds every{0};  ///< from one activation to the next
    seconds lead{0};   ///< from a key's publication to its activation, at least
    /// How long after the next key's activation a token or message of a key may still come: the
    /// longest lifetime that is signed, or for encryption how long messages wait. core::retire_margin
    /// is added to it.
    seconds longest_token{0};
};

/// From the making of a key to its publication: every replica has read the manifest by then, so that
/// all of them publish it at the same moment.
inline seconds staging_of(seconds lead)
{
    return std::clamp(lead / 5, seconds(1), seconds(60));
}

/// The least `every` for a lead: there is one next key at a time, and a writer that is late by a
/// whole `lead` still delays nothing.
inline seconds every_min(seconds lead)
{
    return 2 * lead;
}

/// The usual lead: a day, so that a verifier that reads our JWKS once a day knows each key in time;
/// a quarter of `every` where that is shorter.
inline seconds usual_lead(seconds every)
{
    return std::min<seconds>(std::chrono::hours(24), every / 4);
}

/// How many keys of the series are published at once, at most: the next one, the one that signs, and
/// those whose tokens have not expired.
inline std::int64_t keys_at_once(seconds every, seconds retention)
{
    return 2 + (retention.count() + every.count() - 1) / std::max<std::int64_t>(every.count(), 1);
}
/// What every verifier may be expected to read, and what a plan with `emergency` may ask of those that
/// were made for it: as many as we read of others.
inline constexpr std::int64_t keys_at_once_max = 16, keys_at_once_emergency_max = 128;

}  // namespace core::rotation

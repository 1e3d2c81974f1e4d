#pragma once

#include "core/jwt/claims.hpp"
#include "service/operations/body_reader.hpp"
#include "service/state/profiles.hpp"

namespace service {

/// Reads what a request drops from the expectations about a token's claims: `optional` (expected
/// claims that may be absent) and `checks` (false skips one). Each name must change something.
///
/// profile  what it demands can only be dropped where its allow_overrides says so. Null = none.
/// to       has every expectation already. Problems are noted in `read`.
/// budget   charged before `optional` is compared with the profile's lists; null = not bounded.
/// Errors   work_exceeded.
/// Source   product contract, POST /verify: "`optional` and `checks: false` are 400 for what the
///          profile demands unless its `allow_overrides` names it"
core::result<void> read_exemptions(
    body_reader& read, ready_profile const* profile, core::claims_policy& to,
    core::work_budget* budget
);

}  // namespace service

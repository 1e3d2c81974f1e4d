#pragma once

#include "core/jwt/jwt.hpp"
#include "service/operations/body_reader.hpp"
#include "service/state/profiles.hpp"

namespace service {

inline constexpr std::string_view only_narrow =
    "With a profile, this may only narrow what the profile allows.";

/// Reads what a request expects of a token: its typ and, in mode jwt, of its claims: issuer,
/// audience, subject, nonce, required, claims, optional, leeway, max_age, strict_audience, scopes,
/// access_token, code, checks. A member that would not decide anything is a problem: members about
/// claims in mode jws, and in mode jwt strict_audience without one audience, `optional` names that
/// nothing expects, leeway and at_hash where nothing uses them, and whatever is empty.
///
/// profile  what `to` started as; the request may then only narrow it. Null = nothing to narrow.
/// to       receives the expectations. Problems are noted in `read`.
/// budget   charged before lists are compared with the profile's; null = not bounded.
/// Returns  which of the profile's issuers `issuer` names: sorted indices; none = any of them.
/// Errors   work_exceeded.
/// Source   product contract, POST /verify: "members about claims are then 400"
core::result<std::vector<std::size_t>> read_expectations(
    body_reader& read, ready_profile const* profile, core::token_mode mode, core::claims_policy& to,
    core::work_budget* budget = nullptr
);

}  // namespace service

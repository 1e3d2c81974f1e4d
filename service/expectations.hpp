#pragma once

#include "core/claims.hpp"
#include "service/http/json_body.hpp"
#include "service/profiles.hpp"

namespace service {

inline constexpr std::string_view only_narrow =
    "Beside a profile this may only narrow what the profile says.";

/// Reads what a request expects of a token's claims: issuer, audience, subject, typ, nonce,
/// required, claims, optional, leeway, max_age, strict_audience, scopes, access_token, code,
/// checks.
///
/// profile  what `to` began as; the request may then only narrow it. Null = nothing to narrow.
/// to       gets the expectations. Problems are noted in `read`.
void read_expectations(
    http::body_reader& read, ready_profile const* profile, core::claims_policy& to
);

}  // namespace service

#pragma once

#include "core/jwt/claims.hpp"
#include "core/jwt/registered_claims.hpp"

#include <optional>
#include <string_view>

namespace core {

/// The first registered claim whose value has another type than RFC 7519 section 4.1 gives it: exp,
/// nbf and iat are numbers, aud is a string or an array of them, iss, sub and jti are strings, and
/// so is the claim that the policy reads the subject from. Claims whose check is off may have any
/// type.
///
/// claims   one JSON object, which `known` is of.
std::optional<std::string_view>
mistyped_claim(json::value claims, registered_claims const& known, claims_policy const& policy);

}  // namespace core

#pragma once

#include "core/jwt/claims.hpp"

#include <optional>
#include <string_view>

namespace core {

/// The registered claims that a token has. They are looked for together, because every token is
/// asked for all of them.
struct registered_claims {
    /// claims   one JSON object; it must outlive this.
    explicit registered_claims(json::value claims) noexcept;

    std::optional<json::value> exp, nbf, iat, aud, iss, sub, jti;
};

/// The first registered claim whose value has another type than RFC 7519 section 4.1 gives it: exp,
/// nbf and iat are numbers, aud is a string or an array of them, iss, sub and jti are strings, and
/// so is the claim that the policy reads the subject from. Claims whose check is off may have any
/// type.
///
/// claims   one JSON object, which `known` is of.
std::optional<std::string_view>
mistyped_claim(json::value claims, registered_claims const& known, claims_policy const& policy);

}  // namespace core

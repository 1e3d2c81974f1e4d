#pragma once

#include "core/jwt/jwt.hpp"

#include <optional>
#include <string_view>

namespace core {

/// A token that was refused for want of a key, and what decides whether newer keys might help.
struct keyless_token {
    trusted_issuer const& issuer;       ///< the selected one
    std::optional<json::value> claims;  ///< not verified; nullopt = none that can be read yet
    instant now;
};

/// Notes that the issuer has no set (`kid` is empty), or no key with this kid. exp is not verified
/// here, and is used for nothing else.
///
/// trace    null = nothing is noted.
void note_missed_key(verify_trace* trace, keyless_token const& token, std::string_view kid);

/// Notes that none of the issuer's keys verifies a token whose alg is allowed and whose kid the set
/// has, or which has none. Of its claims iss must be the issuer's, exp not passed and nbf reached.
///
/// policy     its claims policy says the leeway, and whether exp must be there.
/// signature  untrusted; only its hash is kept.
void note_missed_signature(
    verify_trace* trace, keyless_token const& token, verify_policy const& policy,
    byte_view signature
);

}  // namespace core

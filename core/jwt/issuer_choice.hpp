#pragma once

#include "core/jwt/jwt.hpp"

namespace core {

/// The one issuer of a policy whose token this can be. If only one is trusted, it is that one, and
/// whether the token is its own is checked after the signature.
///
/// claims   of the token, not verified; nullopt when it has none that can be read yet.
/// Returns  an index into policy.issuers.
/// Errors   with several issuers key_ambiguous without claims; claim_missing (iss) when the token is
///          nobody's and has no iss; issuer_mismatch (iss) when it has one, and when it is
///          several issuers': by its iss that of one, and by its sub in the trust domain of another.
result<std::size_t> choose_issuer(verify_policy const& policy, std::optional<json::value> claims);

}  // namespace core

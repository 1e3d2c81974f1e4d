#pragma once

#include "core/jwt/jwt.hpp"

#include <optional>
#include <vector>

namespace core {

/// The keys that may verify a signature: at least one, all of the one issuer that its token can
/// have.
struct candidate_keys {
    std::size_t issuer;  ///< index into verify_policy::issuers
    std::vector<jwk const*> keys;
};

/// Finds them. Looks at the algorithm and the issuer, then at the keys; no key is used.
///
/// one      not verified.
/// claims   of the token, not verified; nullopt when it has none that can be read yet. iss selects
///          one of several issuers, exp tells, with others, whether newer keys could help.
/// trace    filled in when not null.
/// Errors   algorithm_not_allowed; with several issuers claim_missing and issuer_mismatch (iss);
///          keys_unavailable; key_not_found, key_ambiguous.
result<candidate_keys> find_candidate_keys(
    unverified_jws::signature const& one, std::optional<json::value> claims,
    verify_policy const& policy, instant now, verify_trace* trace
);

}  // namespace core

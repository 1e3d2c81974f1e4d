#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/json/json.hpp"
#include "core/jwt/claim_rules.hpp"
#include "core/jwt/issuer_identity.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Which checks are made; `false` in a request's `checks` skips one.
struct claim_checks {
    bool exp = true, nbf = true, iat = true, aud = true, iss = true, sub = true, jti = true,
         at_hash = true;
};

/// Largest leeway. RFC 7519 section 4.1.4: "usually no more than a few minutes".
inline constexpr std::chrono::minutes leeway_max{5};

/// What a token's claims must be. An expectation fails with claim_missing when the token lacks the
/// claim, unless the claim is in `optional`.
struct claims_policy {
    std::vector<std::string> issuers;  ///< iss must be one of these; empty = any or none
    /// Issuers that `issuers` has by their names: a token of one of them needs no iss of the list.
    std::vector<issuer_identity> whole_issuers;
    std::vector<std::string> audiences;  ///< aud must name one; empty = a token with aud is refused
    bool strict_audience = false;        ///< aud must be one string, and one audience is expected
    std::optional<std::string> subject;
    std::string subject_claim = "sub";  ///< the claim with the subject; if present, a string
    std::vector<std::string> typ;       ///< admitted types, "none" = absent; see any_typ
    bool any_typ = false;               ///< true = `typ` is not checked
    std::optional<std::string> nonce;
    std::vector<std::string> required;  ///< claims that must be present and not null
    struct expected_claim {
        std::string name;
        std::string json;  ///< JSON text that the claim must equal as a value
    };
    std::vector<expected_claim> expected;
    std::vector<std::string> optional;    ///< claims that may be absent although expected
    std::vector<std::string> scopes;      ///< all must be in `scope`, or in `scp`
    std::vector<std::string> any_scopes;  ///< one of them must be there; empty = none is asked for
    std::vector<claim_rule> rules;        ///< of the profile: never excused by `optional`
    std::chrono::seconds leeway{0};
    std::optional<std::chrono::seconds> max_age;       ///< of now - iat
    std::optional<std::chrono::seconds> max_lifetime;  ///< of exp - iat
    bool require_exp = true;
    std::optional<std::string> access_token;  ///< at_hash must be its half hash
    std::optional<std::string> code;          ///< c_hash must be its half hash
    claim_checks checks;
};

/// How many things validate_claims looks for in the claims. A value with objects counts by its
/// size, because their members are looked for.
std::size_t entries_of(claims_policy const& policy);

/// Checks the claims of a token whose signature was verified. (/inspect calls it without one, to
/// say what the outcome would be.)
///
/// claims   one JSON object.
/// typ      of the protected header, if it has one.
/// half     hash_of the token's algorithm and key, for at_hash and c_hash; none = not known, and
///          these checks fail.
/// Errors   in this order, the first one counts: the types of exp, nbf, iat, aud, iss, sub, jti
///          (claim_invalid); typ (type_mismatch); required (claim_missing); exp (token_expired),
///          nbf, iat (token_not_yet_valid), max_lifetime (claim_invalid), max_age (token_expired),
///          iss (issuer_mismatch), aud (audience_mismatch), sub (subject_mismatch), jti, nonce,
///          rules and expected claims (claim_invalid, claim_missing), at_hash, c_hash
///          (token_hash_mismatch), scopes (scope_insufficient).
/// Source   RFC 7519 section 4.1.4: "the current date/time MUST be before the expiration date/time
///          listed in the "exp" claim"; section 4.1.3: "If the principal processing the claim does
///          not identify itself with a value in the "aud" claim when this claim is present, then
///          the JWT MUST be rejected"
result<void> validate_claims(
    json::value claims, std::optional<std::string_view> typ, hash half, claims_policy const& policy,
    instant now
);

/// Claims that bind the token to something that was not given, so that they were not checked: cnf
/// always, at_hash without an access token, c_hash without a code.
std::vector<std::string_view> unchecked_claims(json::value claims, claims_policy const& policy);

}  // namespace core

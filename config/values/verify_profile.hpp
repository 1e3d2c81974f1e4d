#pragma once

#include "config/values/dialect.hpp"
#include "config/values/token_source.hpp"
#include "core/jwt/claim_rules.hpp"
#include "core/jwt/claim_text.hpp"
#include "core/policy/access_policy.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace config {

using std::chrono::seconds;

/// How one claim becomes a header on /auth.
struct header_mapping {
    std::string header;
    std::string claim;          ///< a claim name, or a JSON pointer when it begins with '/'
    core::claim_style style{};  ///< how its value is written
    bool is_scopes = false;     ///< the word `scopes`: what `scope` or `scp` grants, by spaces
};

enum class token_kind : std::uint8_t { jwt, jws };

struct verify_profile {
    std::string name;
    token_kind mode = token_kind::jwt;
    std::vector<std::string> issuers;  ///< mode jwt: "self", names of issuers, names of series with
                                       ///< an issuer of their own
    std::vector<std::string> series;   ///< mode jws: names of series that sign payloads
    std::vector<std::string> algorithms;  ///< empty = what the issuers allow
    std::vector<std::string>
        audiences;                 ///< mandatory for jwt; empty = `none`: only tokens without aud
    bool strict_audience = false;  ///< aud must be one string, equal to one expected
    std::vector<std::string> typ;  ///< empty = absent or JWT; "none" in it admits an absent typ.
                                   ///< Mode jws: never empty once it is loaded
    std::string subject_claim = "sub";  ///< holds the subject
    std::vector<std::string> required;
    std::vector<std::string> scopes;            ///< all of them
    std::vector<std::string> any_scopes;        ///< at least one of them
    std::vector<core::claim_rule> claim_rules;  ///< what claims must be
    seconds leeway{30};                         ///< at most 5 min
    std::optional<seconds> max_lifetime;        ///< exp - iat
    std::optional<seconds> max_age;             ///< now - iat
    bool no_exp = false;                        ///< admits tokens without exp
    std::vector<std::string>
        allow_overrides;  ///< checks or claims that a request may skip although they are required
    std::vector<header_mapping> headers;
    std::vector<std::string> callers;  ///< who may verify with it, but for /auth; empty = anyone
    std::string decrypt;               ///< the series that opens nested tokens; empty = none does
    bool require_encryption = false;   ///< refuses tokens that are not nested
    bool cache = true;                 ///< verified tokens are remembered
    std::vector<std::string> audit_claims;  ///< whose values the audit log shows
    bool is_for_callers = false;  ///< `for: callers`: its tokens say who calls, and nothing else
    // What gateways ask for. A profile of mode jws or `for: callers` has no dialect.
    core::access_policy access;  ///< what the original request decides
    dialects dialects_{dialect::plain, dialect::forward, dialect::nginx};  ///< that may choose it
    std::vector<token_source> token_sources{token_source{}};  ///< where its tokens may be
    std::string realm = "signet";                             ///< of challenges
    std::optional<seconds> decision_max_age;  ///< how long a gateway may keep an answer

    /// Whether only a dialect that tells the original request can use the profile.
    bool needs_original_request() const noexcept;
};

}  // namespace config

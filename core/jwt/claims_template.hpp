#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/json/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// The rules of a sign profile for claims.
struct claims_template {
    std::string iss;                     ///< empty = none is set
    std::vector<std::string> audiences;  ///< the first is the default; callers may ask for a subset
    std::chrono::seconds ttl{0};
    std::chrono::seconds max_ttl{0};  ///< asking for more is refused, not shortened
    bool jti = false;
    bool all_claims = false;
    std::vector<std::string> allowed_claims;
    std::map<std::string, std::string, std::less<>> forced_claims;  ///< name -> JSON text
    std::optional<instant> not_after;  ///< when the key stops verifying: no token is valid longer
};

/// What a caller asks for.
struct claims_request {
    json::value claims;                         ///< an object; untrusted
    std::optional<std::int64_t> expires_in;     ///< seconds
    std::optional<std::int64_t> not_before_in;  ///< seconds
    bool wants_jti = false;
    std::optional<std::string_view> jti;
    std::optional<std::string_view> at_hash;  ///< the finished value; so is c_hash
    std::optional<std::string_view> c_hash;
};

struct issued_claims {
    std::string text;  ///< the caller's own text, with the added members at its end
    std::optional<std::int64_t> expires_at;  ///< NumericDate
    std::string jti;
};

/// Applies a profile: sets iss, iat, exp, jti and aud, adds the forced claims, and refuses what the
/// profile does not allow. The caller's own text is kept byte for byte.
///
/// fresh_jti  a unique id, used when a jti is wanted; never empty then.
/// Errors     claims_forbidden with the claim: not in allowed_claims, another value than the
///            profile's, an audience that is not listed, a lifetime over max_ttl or not positive, a
///            hash that both the profile and the request's access_token or code set; claim_invalid:
///            a registered claim of the wrong type; request_invalid: both exp and expires_in, both
///            nbf and not_before_in, jti twice, at_hash or c_hash twice.
result<issued_claims> issue_claims(
    claims_template const& profile, claims_request const& request, std::string_view fresh_jti,
    instant now
);

/// Makes the claims of a request that brings its own key: nothing is forbidden, and only what it
/// asks for is added.
///
/// Errors   request_invalid: a member that the claims already contain.
result<issued_claims>
extend_claims(claims_request const& request, std::string_view fresh_jti, instant now);

}  // namespace core

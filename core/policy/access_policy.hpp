#pragma once

#include "core/base/error.hpp"
#include "core/json/json.hpp"
#include "core/policy/access_rules.hpp"
#include "core/policy/original_request.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Which requests a profile lets pass at a gateway, beyond what it asks of every token.
struct access_policy {
    access_rules rules;                 ///< empty = any request that a good token comes with
    std::vector<std::string> exempt;    ///< exact paths, or prefixes written `/public/**`: no token
    bool allow_cors_preflight = false;  ///< a browser's question before its request: no token

    /// Whether the original request decides: there are rules, exemptions or preflights.
    bool reads_requests() const noexcept
    {
        return !rules.empty() || !exempt.empty() || allow_cors_preflight;
    }
};

/// How a request may pass: with a good token only, or without one.
enum class admission : std::uint8_t { by_token, exempt, preflight };

/// Decides before there is a token.
///
/// request  its path is one that read_target accepted.
/// origin, requested_method
///          Origin and Access-Control-Request-Method of the original request; empty = absent.
/// Source   Fetch standard, "CORS-preflight fetch": method OPTIONS and these two headers
admission admit(
    access_policy const& policy, original_request const& request, std::string_view origin,
    std::string_view requested_method
);

/// Decides after the token was verified. Where there are rules, a request that none of them matches
/// is refused.
///
/// claims   of the verified token.
/// request  its path is one that read_target accepted.
/// Errors   access_denied: no rule matches, or (with the claim) its claim_rules are broken;
///          scope_insufficient (of `scope`): its scopes are not granted.
result<void>
authorise(access_policy const& policy, original_request const& request, json::value claims);

}  // namespace core

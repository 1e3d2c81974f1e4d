#pragma once

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/json/json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// What a token is to be refused for.
enum class token_fault : std::uint8_t { none, expired, not_yet_valid, wrong_key };

/// How far beyond its time a token with such a fault is: more than any leeway.
inline constexpr std::chrono::hours fault_distance{1};
/// How long a token of a mock issuer lives, unless the request says so, and at most.
inline constexpr std::chrono::seconds mock_lifetime = std::chrono::minutes{15};
inline constexpr std::chrono::seconds mock_lifetime_max = std::chrono::days{366};

/// A token that a mock issuer is asked for. Views into the request's body.
struct mock_token {
    core::json::value claims;  ///< an object
    token_fault fault = token_fault::none;
    std::string_view kid{};  ///< empty = that of the newest key
    std::string_view typ = "JWT";
    std::chrono::seconds lifetime = mock_lifetime;
};

/// Reads the members claims, fault, kid, typ and expires_in.
///
/// body     untrusted, an object.
/// Errors   request_invalid, with the member: also a fault or a lifetime for which the claims have
///          their own times.
core::result<mock_token> read_mock_token(core::json::value body);

/// The text of its claims: the caller's own, and iss, iat, exp, jti and, for one that is not yet
/// valid, nbf, as far as the caller's claims do not have them.
std::string
claims_of(mock_token const& what, std::string_view issuer, std::string_view jti, core::instant now);

/// Its exp, in seconds since 1970; nullopt = the caller's claims have one that is no whole number.
std::optional<std::int64_t> expiry_of(mock_token const& what, core::instant now);

/// The text of its header.
std::string header_of(mock_token const& what, std::string_view kid, std::string_view alg);

}  // namespace service

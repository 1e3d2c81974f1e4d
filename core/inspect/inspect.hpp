#pragma once

#include "core/base/time.hpp"
#include "core/jwt/claims.hpp"
#include "core/keys/jwk.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

enum class severity : std::uint8_t { info, warning, error };
std::string_view to_string(severity level) noexcept;

/// A remark about an unverified token or a key. Contains names, never values.
struct finding {
    core::severity severity;
    std::string_view code;    ///< stable, for example "alg_none"
    std::string_view advice;  ///< one English sentence
    std::string subject;      ///< the header parameter, claim or member; empty = the whole token
};

/// The content of a token, unverified.
struct token_report {
    /// "jws_compact", "jws_flattened", "jws_general", "jwe_compact" or "jwe_json".
    std::string structure;
    std::optional<std::string> header;   ///< JSON text of the (first) protected header
    std::optional<std::string> claims;   ///< JSON text, if the payload is a JSON object
    std::optional<std::string> payload;  ///< the decoded octets, if it is not
    /// A claim, and its time in words: "2026-11-22T10:00:00Z, 5 minutes ago".
    std::vector<std::pair<std::string, std::string>> times;
    std::vector<finding> findings;
};

/// Reads a token without verifying anything.
///
/// token    untrusted: compact or JSON serialization.
/// Errors   token_malformed when it does not have the shape of a JWS or a JWE.
result<token_report> inspect_token(std::string_view token, instant now);

/// The alg that the key is used with by default: the one it states, or that of its type and use.
std::string_view default_algorithm(jwk const& key) noexcept;

/// What is wrong with a key, or risky.
std::vector<finding> inspect_key(jwk const& key);

/// "2026-11-22T10:00:00Z, in 5 minutes": a NumericDate in words, relative to now.
std::string in_words(double numeric_date_value, instant now);

}  // namespace core

#pragma once

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/inspect/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// The content of a token, unverified.
struct token_report {
    /// "jws_compact", "jws_flattened", "jws_general", "jwe_compact" or "jwe_json".
    std::string structure;
    std::optional<std::string> header;   ///< JSON text of the (first) protected header
    std::optional<std::string> claims;   ///< JSON text, if the payload is a JSON object
    std::optional<std::string> payload;  ///< the decoded octets, if it is not
    std::size_t signature_octets = 0;    ///< of the (first) signature; 0 = there is none
    /// A claim, and its time in words: "2026-11-22T10:00:00Z, 5 minutes ago".
    std::vector<std::pair<std::string, std::string>> times;
    std::vector<finding> findings;
};

/// Reads a token without verifying anything. What copying adds to a token, and what other libraries
/// accept in one, is named, and the rest is read as if it were not there.
///
/// token    untrusted: compact or JSON serialization.
/// Errors   token_malformed when it does not have the shape of a JWS or a JWE.
result<token_report> inspect_token(std::string_view token, instant now);

}  // namespace core

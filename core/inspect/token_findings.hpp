#pragma once

#include "core/inspect/finding.hpp"
#include "core/json/json.hpp"

#include <vector>

namespace core {

/// Adds what is dangerous, deprecated or missing in the header of a JWS, or of a JWE.
///
/// header   an object; untrusted.
void inspect_header(json::value header, std::vector<finding>& found);

/// Adds the same for what only the header of a JWE has: a second algorithm, enc, for its content,
/// and the cty of a nested JWT.
///
/// header   an object; untrusted.
void inspect_encryption(json::value header, std::vector<finding>& found);

/// Adds the same for the claims of a JWT.
///
/// claims   an object; not verified.
void inspect_claims(json::value claims, std::vector<finding>& found);

}  // namespace core

#pragma once

#include "core/json/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Finds a claim by name, or by JSON pointer when `path` begins with '/'.
///
/// Source   RFC 6901 section 4
std::optional<json::value> find_claim(json::value claims, std::string_view path);

/// A claim's value as the text of an HTTP header: strings as they are, numbers and booleans as
/// JSON, arrays of strings joined by a comma.
///
/// encode   true = base64url of the text; then every value except an object is accepted, and arrays
///          are JSON.
/// Returns  nullopt for what a header cannot carry without changing its meaning: an object, null in
///          an array, an element with a comma, control or non-ASCII characters.
std::optional<std::string> claim_text(json::value claim, bool encode);
/// The same, appended to `out`.
///
/// Returns  false where claim_text has no text; what was appended then has no meaning.
bool append_claim_text(std::string& out, json::value claim, bool encode);

}  // namespace core

#pragma once

#include "core/json/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Finds a claim by name, or by JSON pointer when `path` begins with '/'.
///
/// Source   RFC 6901 section 4
std::optional<json::value> find_claim(json::value claims, std::string_view path);

/// How a claim is written into an HTTP header.
struct claim_style {
    enum class encoding : std::uint8_t {
        none,
        base64url,  ///< of the whole text; arrays are JSON
        percent,    ///< each octet that RFC 3986 does not call unreserved as %XX
    };
    encoding encode = encoding::none;
    std::string separator = ",";  ///< between the elements of an array
    bool as_json = false;         ///< every value as its JSON text
};

/// A claim's value as the text of an HTTP header: strings as they are, null as nothing, numbers and
/// booleans as JSON, arrays of strings joined by the separator. `as_json`: the JSON text as it was
/// signed, of strings and objects too.
///
/// style    percent encodes each element before they are joined, and a JSON text as a whole.
/// Returns  nullopt for what a header cannot carry without changing its meaning: without as_json an
///          object, an array's element that is not a string (base64url: arrays are JSON and fit) or
///          from which the separator cannot be told; without an encoding control and non-ASCII
///          characters; a text or an element with a space at an end, and an array whose first or
///          last separator would be one: the reader would drop it, and take the text for another.
/// Source   RFC 3986 section 2.3: "ALPHA / DIGIT / "-" / "." / "_" / "~""; RFC 9110 section 5.5: "A
///          field value does not include leading or trailing whitespace."
std::optional<std::string> claim_text(json::value claim, claim_style const& style);
/// The same, appended to `out`.
///
/// Returns  false where claim_text has no text; what was appended then has no meaning.
bool append_claim_text(std::string& out, json::value claim, claim_style const& style);

}  // namespace core

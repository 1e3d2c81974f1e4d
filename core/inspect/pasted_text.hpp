#pragma once

#include "core/inspect/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A token without what copying, shells and headers add to it: white space, quotes around it, a
/// `Bearer` before it. Each is a finding. White space around and inside a JSON serialization is
/// part of JSON and stays.
///
/// token    untrusted.
std::string without_paste_marks(std::string_view token, std::vector<finding>& found);

/// Decodes base64url as most libraries do: with padding, and with the alphabet of plain base64.
/// Both are findings, because Signet and RFC 7515 section 2 refuse them.
///
/// text     untrusted.
/// subject  what is decoded, for the finding.
/// Returns  nullopt when it is not base64 either.
std::optional<std::string>
decode_leniently(std::string_view text, std::string_view subject, std::vector<finding>& found);

}  // namespace core

#pragma once

#include <string_view>

namespace core {

/// Whether two media types, both written in full, are the same one.
///
/// a, b    without parameters and without space around them; trusted or not.
/// Source  RFC 2045 section 5.1: "The type, subtype, and parameter names are not case sensitive."
bool same_media_type(std::string_view a, std::string_view b) noexcept;

/// Whether two values of `typ` or `cty` are the same media type: compared without case, and
/// "application/" may be left out where no other '/' appears.
///
/// a, b    as headers have them; trusted or not.
/// Source  RFC 7515 section 4.1.9: "A recipient using the media type value MUST treat it as if
///         "application/" were prepended to any "typ" value not containing a '/'." Section 4.1.10
///         says the same of cty.
bool same_header_type(std::string_view a, std::string_view b) noexcept;

}  // namespace core

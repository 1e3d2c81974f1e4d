#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace core {

// A pattern of paths, for example "/orders/{id}/**": its segments are literals, `{name}` (one
// segment that is not empty) or, as the last one, `**` (any number of segments, none too).
// "/orders/**" matches "/orders", "/orders/" and "/orders/1/2". A slash at the end counts, except
// before `**`. Literals are written decoded and compared octet by octet.

/// Limits of a pattern: far more than any API needs, and bounds for what a path costs.
inline constexpr std::size_t pattern_segments_max = 32, pattern_bytes_max = 1024;

/// Whether a segment of a pattern is `{name}`.
bool is_any_segment(std::string_view segment);
/// Whether a segment of a pattern is `**`.
bool is_rest(std::string_view segment);

/// Why a pattern cannot be used, as a sentence; empty = it can.
std::string why_unusable(std::string_view pattern);

/// Whether a pattern matches a path.
///
/// pattern  one that can be used.
/// path     decoded, see decoded_path.
bool matches(std::string_view pattern, std::string_view path);

/// Whether a pattern matches every path that another one matches. Both can be used.
bool covers(std::string_view pattern, std::string_view other);

}  // namespace core

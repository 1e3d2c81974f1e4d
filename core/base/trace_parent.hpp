#pragma once

#include <optional>
#include <string_view>

namespace core {

/// The parts of a `traceparent` field: which trace a request belongs to. They are views into its
/// text, and have no meaning for us: a caller has chosen them.
struct trace_parent {
    std::string_view text;       ///< the whole value
    std::string_view trace_id;   ///< 32 hexadecimal digits, not all zero
    std::string_view parent_id;  ///< 16 hexadecimal digits, not all zero: the caller's span
    bool is_sampled = false;
};

/// Reads the value of a `traceparent` field exactly.
///
/// text     untrusted, without white space around it. Must outlive the result.
/// Returns  nullopt for what the standard calls invalid: letters that are not lower case, another
///          length, an id of zeros, version ff. A later version may have more after its flags; it is
///          read as the version that is known, and at most trace_parent_max octets of it are taken.
/// Source   W3C Trace Context section 3.2.2: "Version 255 is invalid"; section 3.2.2.3: "All bytes as
///          zero ... is considered an invalid value"; section 4.3 for later versions
std::optional<trace_parent> parse_trace_parent(std::string_view text) noexcept;

/// Longest value of a later version that is read. Version 00 has exactly 55 octets.
inline constexpr std::size_t trace_parent_max = 128;

}  // namespace core

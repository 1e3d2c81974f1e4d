#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace core {

/// How long a response stays fresh, counted from when it was requested.
///
/// cache_control  the field's value, several fields joined by commas; untrusted.
/// age            the value of its Age field.
/// Returns        nullopt when it states no lifetime that can be read; 0 for no-store and no-cache.
/// Source         RFC 9111 section 5.2.2.1: "The max-age response directive indicates that the
///                response is to be considered stale after its age is greater than the specified
///                number of seconds"
///                RFC 9111 section 4.2.1: if a directive appears twice, "either the first
///                occurrence should be used or the response should be considered stale"; we use the
///                first
std::optional<std::chrono::seconds>
freshness_lifetime(std::string_view cache_control, std::chrono::seconds age);

}  // namespace core

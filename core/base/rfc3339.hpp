#pragma once

#include "core/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// A moment as RFC 3339 text in UTC with milliseconds: "2026-01-02T03:04:05.678Z".
std::string rfc3339(instant moment);

/// Reads a moment: "2026-08-01T00:00:00Z", also with an offset or a fraction, of which milliseconds
/// are kept. The whole text or nothing; a leap second (60) has no place on this clock.
///
/// Source   RFC 3339 section 5.6; its letters T and Z may be small
std::optional<instant> parse_rfc3339(std::string_view text) noexcept;

}  // namespace core

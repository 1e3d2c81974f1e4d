#pragma once

#include "core/base/time.hpp"

#include <string>

namespace core {

/// A moment as RFC 3339 text in UTC with milliseconds: "2026-01-02T03:04:05.678Z".
std::string rfc3339(instant moment);

}  // namespace core

#pragma once

#include "core/time.hpp"

#include <string>

namespace service {

/// A moment as RFC 3339 text in UTC with milliseconds: "2026-01-02T03:04:05.678Z".
std::string rfc3339(core::instant moment);

}  // namespace service

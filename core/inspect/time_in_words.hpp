#pragma once

#include "core/base/time.hpp"

#include <string>

namespace core {

/// "2026-11-22T10:00:00Z, in 5 minutes": a NumericDate in words, relative to now.
std::string in_words(double numeric_date_value, instant now);

}  // namespace core

#pragma once

#include <cstdint>

namespace core {

/// The three forms of a JWS or a JWE. RFC 7515 section 7, RFC 7516 section 7
enum class serialization : std::uint8_t { compact, flattened, general };

}  // namespace core

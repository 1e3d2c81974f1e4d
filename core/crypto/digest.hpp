#pragma once

#include "core/algorithm.hpp"
#include "core/bytes.hpp"

namespace core::crypto {

/// The digest of `message`; `algorithm` must not be hash::none.
bytes digest(hash algorithm, byte_view message);

/// Octets from the system's random generator.
void fill_random(std::span<std::uint8_t> out);
bytes random_bytes(std::size_t size);

}  // namespace core::crypto

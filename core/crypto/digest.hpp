#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/bytes.hpp"

namespace core::crypto {

/// The digest of `message`; `algorithm` must not be hash::none.
bytes digest(hash algorithm, byte_view message);

/// Octets from the system's random generator.
void fill_random(std::span<std::uint8_t> out);
bytes random_bytes(std::size_t size);

}  // namespace core::crypto

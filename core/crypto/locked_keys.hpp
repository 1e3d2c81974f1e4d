#pragma once

#include "core/crypto/key.hpp"

namespace core::crypto {

/// Asks the system not to swap out the private numbers of an RSA key, and to leave them out of core
/// dumps: they may be too long for the locked memory that other keys are in. Call it for keys that
/// are kept. The pages stay locked after the key is gone, because other long-lived numbers may be
/// there too.
void lock_in_memory(key const& material) noexcept;

}  // namespace core::crypto

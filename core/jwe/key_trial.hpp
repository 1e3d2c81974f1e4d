#pragma once

#include "core/keys/jwk.hpp"

namespace core {

/// Tries a key of ours before it is used: signs a text and verifies it, or encrypts a text and
/// decrypts it. It finds a library that cannot use the key, or uses it wrongly.
///
/// key      with its alg and its use. Of one without a private half only the public half is made
///          ready.
/// Returns  false when the key does not do what it is for.
bool works(jwk const& key);

}  // namespace core

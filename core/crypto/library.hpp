#pragma once

#include <string>

namespace core::crypto {

/// The library that does the cryptography, for people: "Botan 3.13.0".
std::string library_version();

}  // namespace core::crypto

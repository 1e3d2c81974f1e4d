#pragma once

#include <string>

namespace core::crypto {

/// Name and version of the cryptographic library, for people: "Botan 3.13.0".
std::string library_version();

}  // namespace core::crypto

#include "core/crypto/library.hpp"

#include <botan/version.h>

namespace core::crypto {

std::string library_version()
{
    return "Botan " + Botan::short_version_string();
}

}  // namespace core::crypto

// Compiled instead of the other files of this folder when the build does not have the library.
#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

signature_provider const* openssl_signatures()
{
    return nullptr;
}

encryption_provider const* openssl_encryption()
{
    return nullptr;
}

}  // namespace core::crypto

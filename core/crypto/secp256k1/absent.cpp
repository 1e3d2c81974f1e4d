// Compiled instead of the other files of this folder when the build does not have the library.
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

signature_provider const* secp256k1_signatures()
{
    return nullptr;
}

}  // namespace core::crypto

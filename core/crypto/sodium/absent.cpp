// Compiled instead of the other files of this folder when the build does not have the library.
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

signature_provider const* sodium_signatures()
{
    return nullptr;
}

}  // namespace core::crypto

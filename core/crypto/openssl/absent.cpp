// Compiled instead of the other files of this folder when the build does not have the library.
#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/key_table.hpp"
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

signature_provider const* openssl_signatures()
{
    return nullptr;
}

bool has_key_tables() noexcept
{
    return false;
}

std::shared_ptr<key_table const> make_key_table(key const&)
{
    return nullptr;
}

std::unique_ptr<table_verifier> make_table_verifier(std::shared_ptr<key_table const>)
{
    return nullptr;
}

encryption_provider const* openssl_encryption()
{
    return nullptr;
}

}  // namespace core::crypto

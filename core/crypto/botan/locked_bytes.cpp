#include "core/crypto/locked_bytes.hpp"

#include <botan/allocator.h>

namespace core::crypto {

locked_bytes::locked_bytes(std::size_t size)
    : octets_(static_cast<std::uint8_t*>(Botan::allocate_memory(size, 1))), size_(size)
{
}

locked_bytes::~locked_bytes()
{
    Botan::deallocate_memory(octets_, size_, 1);  // wipes it
}

}  // namespace core::crypto

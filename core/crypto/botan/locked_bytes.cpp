#include "core/crypto/locked_bytes.hpp"

#include "core/base/secret.hpp"

#include <botan/allocator.h>

#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace core::crypto {
namespace {

constexpr std::size_t pool_max = 256;  // Botan's pool has no larger pieces

std::size_t whole_pages(std::size_t size)
{
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

/// Of their own, so that nothing else is locked with them.
void* take_pages(std::size_t size)
{
    auto const length = whole_pages(size);
    auto* const pages =
        ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        throw std::bad_alloc();
    static_cast<void>(::mlock(pages, length));  // as far as the system allows
    static_cast<void>(::madvise(pages, length, MADV_DONTDUMP));
    return pages;
}

}  // namespace

locked_bytes::locked_bytes(std::size_t size)
    : octets_(static_cast<std::uint8_t*>(
        size > pool_max ? take_pages(size) : Botan::allocate_memory(size, 1)
    )),
      size_(size)
{
}

locked_bytes::~locked_bytes()
{
    if (size_ <= pool_max) {
        Botan::deallocate_memory(octets_, size_, 1);  // wipes it
        return;
    }
    wipe(octets_, size_);
    ::munmap(octets_, whole_pages(size_));
}

}  // namespace core::crypto

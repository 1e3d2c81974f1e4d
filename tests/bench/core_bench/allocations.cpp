// Replaces malloc and its kin in this program. Every one counts, and then calls glibc's own, whose
// free is the one that is used. operator new is built on malloc, so that it is counted once.
#include "tests/bench/core_bench/allocations.hpp"

#include <cerrno>
#include <cstddef>

namespace {

// constinit: no constructor runs, which could ask for memory itself
constinit thread_local std::uint64_t count = 0;

}  // namespace

namespace bench {

std::uint64_t allocations() noexcept
{
    return count;
}

}  // namespace bench

extern "C" {

void* __libc_malloc(std::size_t octets);
void* __libc_calloc(std::size_t items, std::size_t octets);
void* __libc_realloc(void* old, std::size_t octets);
void* __libc_memalign(std::size_t alignment, std::size_t octets);

void* malloc(std::size_t octets)
{
    ++count;
    return __libc_malloc(octets);
}

void* calloc(std::size_t items, std::size_t octets)
{
    ++count;
    return __libc_calloc(items, octets);
}

void* realloc(void* old, std::size_t octets)
{
    ++count;
    return __libc_realloc(old, octets);
}

void* aligned_alloc(std::size_t alignment, std::size_t octets)
{
    ++count;
    return __libc_memalign(alignment, octets);
}

int posix_memalign(void** to, std::size_t alignment, std::size_t octets)
{
    ++count;
    *to = __libc_memalign(alignment, octets);
    return *to == nullptr ? ENOMEM : 0;
}

}  // extern "C"

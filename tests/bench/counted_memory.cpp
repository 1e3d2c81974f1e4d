#include "tests/bench/counted_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

// glibc's own functions under their second names: this file's malloc takes the place of the first
// ones, for every library too.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

constinit std::atomic<bool> counts{false};
constinit std::atomic<std::uint64_t> counted{0};

void count() noexcept
{
    if (counts.load(std::memory_order_relaxed))
        counted.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size)
{
    count();
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size)
{
    count();
    return __libc_calloc(number, size);
}

void* realloc(void* memory, std::size_t size)
{
    count();
    return __libc_realloc(memory, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** to, std::size_t alignment, std::size_t size)
{
    count();
    *to = __libc_memalign(alignment, size);
    return *to == nullptr ? ENOMEM : 0;
}
}

namespace tests {

counted_memory::counted_memory()
{
    counted = 0;
    counts = true;
}

counted_memory::~counted_memory()
{
    counts = false;
}

std::uint64_t counted_memory::pieces() const
{
    return counted.load();
}

}  // namespace tests

#pragma once

#include <cstdint>

namespace tests {

/// Counts every piece of memory that this process takes from the heap while it exists: operator
/// new, malloc, calloc, realloc and aligned memory, on every thread. Only one at a time.
class counted_memory {
public:
    counted_memory();
    ~counted_memory();
    counted_memory(counted_memory const&) = delete;
    std::uint64_t pieces() const;
};

}  // namespace tests

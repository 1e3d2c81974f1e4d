#pragma once

#include <cstdint>

namespace bench {

/// How often this thread has asked for memory: operator new, and malloc and its kin, because some
/// cryptographic libraries use those. Octets that come from a pool of the library's own (Botan's
/// locked memory) are not seen.
std::uint64_t allocations() noexcept;

}  // namespace bench

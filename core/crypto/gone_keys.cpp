#include "core/crypto/gone_keys.hpp"

#include <atomic>

namespace core::crypto {
namespace {

std::atomic<std::uint64_t> gone{0};

}  // namespace

std::uint64_t gone_keys() noexcept
{
    return gone.load(std::memory_order_relaxed);
}

void note_gone_key() noexcept
{
    gone.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace core::crypto

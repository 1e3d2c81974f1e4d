#include "core/base/secret.hpp"

#include <array>
#include <cstring>

namespace core {

void wipe(void* memory, std::size_t size) noexcept
{
    if (size != 0)
        explicit_bzero(memory, size);
}

[[gnu::noinline]] void wipe_stack() noexcept
{
    // More than reading a key takes; the calls that it was read by are still there.
    std::array<std::uint8_t, 64U * 1024U> left;
    wipe(left.data(), left.size());
}

bool equal_in_constant_time(byte_view a, byte_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    std::uint8_t volatile difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

}  // namespace core

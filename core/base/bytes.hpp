#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace core {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<std::uint8_t const>;

inline byte_view as_bytes(std::string_view text) noexcept
{
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

inline std::string_view as_text(byte_view octets) noexcept
{
    return {reinterpret_cast<char const*>(octets.data()), octets.size()};
}

}  // namespace core

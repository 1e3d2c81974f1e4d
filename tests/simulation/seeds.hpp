#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace simulation {

/// A number in an environment variable, for a run to be repeated or made longer.
inline std::uint64_t number_in(char const* variable, std::uint64_t otherwise)
{
    auto const* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline std::uint64_t any_seed()
{
    std::random_device device;
    return device();
}

}  // namespace simulation

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace config {

/// How a gateway asks, and how it wants its answer.
enum class dialect : std::uint8_t {
    plain,    ///< only the token; the answer is as RFC 6750 has it
    forward,  ///< X-Forwarded-Method, -Uri, -Host and -Proto
    nginx,    ///< X-Original-Method and -URL; the answer is 200, 401 or 403
    envoy,    ///< the original request itself, below a path that names the profile
};

/// Their names in the configuration, in the order of the enumeration.
inline constexpr std::array<std::string_view, 4> dialect_names{
    "plain", "forward", "nginx", "envoy"};

std::string_view to_string(dialect which) noexcept;
std::optional<dialect> dialect_named(std::string_view name) noexcept;

/// A set of dialects, as bits.
struct dialects {
    std::uint8_t bits = 0;

    constexpr dialects() = default;
    constexpr dialects(std::initializer_list<dialect> some)
    {
        for (auto const one : some)
            add(one);
    }
    constexpr bool contains(dialect one) const
    {
        return (bits >> static_cast<unsigned>(one) & 1U) != 0;
    }
    constexpr void add(dialect one)
    {
        bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(one));
    }
    constexpr bool empty() const noexcept { return bits == 0; }
    friend constexpr bool operator==(dialects, dialects) = default;
};

}  // namespace config

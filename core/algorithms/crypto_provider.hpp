#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

/// The libraries that do cryptography. The row of an algorithm names the fastest one; Botan has
/// every algorithm, and does the work of one that is not there.
enum class crypto_provider : std::uint8_t { openssl, sodium, secp256k1, botan };

/// Their names in settings, replies and metrics, in the order of crypto_provider.
inline constexpr std::array<std::string_view, 4> crypto_provider_names{
    "openssl", "sodium", "secp256k1", "botan"};

constexpr std::string_view to_string(crypto_provider provider) noexcept
{
    return crypto_provider_names[static_cast<std::size_t>(provider)];
}

constexpr std::optional<crypto_provider> find_crypto_provider(std::string_view name) noexcept
{
    auto const found = std::ranges::find(crypto_provider_names, name);
    if (found == crypto_provider_names.end())
        return std::nullopt;
    return static_cast<crypto_provider>(found - crypto_provider_names.begin());
}

}  // namespace core

#pragma once

#include "core/crypto/key.hpp"

#include <doctest/doctest.h>

#include <array>

namespace samples {

inline constexpr auto families = [] {
    std::array<core::key_family, core::key_family_rows.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = core::key_family_rows[i].family;
    return all;
}();

/// One fresh key of each family for the whole run; secrets have 512 bits, long enough for each row.
inline core::crypto::key_ptr key_of(core::key_family family)
{
    static auto const made = [] {
        std::array<core::crypto::key_ptr, families.size()> keys;
        for (std::size_t i = 0; i < families.size(); ++i) {
            auto const bits = families[i] == core::key_family::secret ? 512 : 0;
            keys[i] = core::crypto::generate(families[i], bits).value();
        }
        return keys;
    }();
    for (std::size_t i = 0; i < families.size(); ++i) {
        if (families[i] == family)
            return made[i];
    }
    return nullptr;
}

/// The octets of hexadecimal digits.
inline core::bytes from_hex(std::string_view digits)
{
    auto const value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    core::bytes out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(value(digits[i]) << 4 | value(digits[i + 1])));
    return out;
}

inline core::secret_bytes copy_of(core::secret_bytes const& secret)
{
    return core::secret_bytes(secret.view());
}

}  // namespace samples

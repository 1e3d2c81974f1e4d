#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace config {

/// What a listener opens. /sign/batch is `sign`, /verify/batch is `verify`.
enum class endpoint : std::uint8_t {
    sign,
    verify,
    inspect,
    auth,
    jwks,
    discovery,
    encrypt,
    decrypt
};

/// Everything that the configuration knows about an endpoint.
struct endpoint_row {
    endpoint which;
    std::string_view name;  ///< in `endpoints`
    bool is_open_on_tcp;    ///< unless the listener names its endpoints; Unix sockets open all
    bool needs_callers;     ///< for what it does with keys of the configuration
};

/// One row per endpoint, in the order of the enumeration.
inline constexpr std::array endpoint_rows{
    endpoint_row{endpoint::sign, "sign", false, true},
    endpoint_row{endpoint::verify, "verify", true, false},
    endpoint_row{endpoint::inspect, "inspect", true, false},
    endpoint_row{endpoint::auth, "auth", true, false},
    endpoint_row{endpoint::jwks, "jwks", true, false},
    endpoint_row{endpoint::discovery, "discovery", true, false},
    endpoint_row{endpoint::encrypt, "encrypt", false, true},
    endpoint_row{endpoint::decrypt, "decrypt", false, true},
};
static_assert([] {
    for (std::size_t i = 0; i < endpoint_rows.size(); ++i)
        if (endpoint_rows[i].which != static_cast<endpoint>(i))
            return false;
    return true;
}());

std::string_view to_string(endpoint which) noexcept;
std::optional<endpoint> endpoint_named(std::string_view name) noexcept;

/// A set of endpoints, as bits.
struct endpoints {
    std::uint16_t bits = 0;
    constexpr bool contains(endpoint one) const
    {
        return (bits >> static_cast<unsigned>(one) & 1U) != 0;
    }
    constexpr void add(endpoint one)
    {
        bits = static_cast<std::uint16_t>(bits | 1U << static_cast<unsigned>(one));
    }
    static constexpr endpoints all()
    {
        endpoints every;
        for (auto const& row : endpoint_rows)
            every.add(row.which);
        return every;
    }
    static constexpr endpoints usual_on_tcp()
    {
        endpoints usual;
        for (auto const& row : endpoint_rows) {
            if (row.is_open_on_tcp)
                usual.add(row.which);
        }
        return usual;
    }
};

}  // namespace config

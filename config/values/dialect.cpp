#include "config/values/dialect.hpp"

#include <algorithm>

namespace config {

std::string_view to_string(dialect which) noexcept
{
    return dialect_names[static_cast<std::size_t>(which)];
}

std::optional<dialect> dialect_named(std::string_view name) noexcept
{
    auto const found = std::ranges::find(dialect_names, name);
    if (found == dialect_names.end())
        return std::nullopt;
    return static_cast<dialect>(found - dialect_names.begin());
}

}  // namespace config

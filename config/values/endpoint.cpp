#include "config/values/endpoint.hpp"

#include <algorithm>

namespace config {

std::string_view to_string(endpoint which) noexcept
{
    return endpoint_rows[static_cast<std::size_t>(which)].name;
}

std::optional<endpoint> endpoint_named(std::string_view name) noexcept
{
    auto const row = std::ranges::find(endpoint_rows, name, &endpoint_row::name);
    return row == endpoint_rows.end() ? std::nullopt : std::optional(row->which);
}

}  // namespace config
